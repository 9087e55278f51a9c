import type { NotSentReason, UnknownReason } from "@codegames/client";
import type { InBoth } from "../language.ts";

interface WireCase {
  case: InBoth;
  /** What happens to the customer's money after a `pay`. */
  money: InBoth;
  /** Ids of the interpretations that decide the case. */
  interpretations: string[];
}

export const keepTheMoney: InBoth = {
  en: "do not refund, do not deliver, ask `status`",
  ru: "деньги не возвращать, продукт не выдавать, запросить `status`",
};

const refundOrSendAgain: InBoth = {
  en: "if no earlier request left under this `txn_id`: refund, or send again under the same id; otherwise ask `status`",
  ru:
    "если раньше под этим `txn_id` ничего не ушло: вернуть или отправить снова под тем же; " +
    "иначе запросить `status`",
};

/**
 * Everything that can happen to a call except an answer with a status of the contract. The compiler demands a case for
 * every reason of the client.
 */
export const wireCases: Record<`unknown ${UnknownReason}` | `not-sent ${NotSentReason}`, WireCase> = {
  "unknown timeout": {
    case: {
      en: "the deadline passes before the last byte of the answer",
      ru: "срок истёк раньше последнего байта ответа",
    },
    money: keepTheMoney,
    interpretations: ["C2"],
  },
  "unknown connection": {
    case: {
      en: "the connection is reset, closed or cut short; a TLS handshake simply breaks off",
      ru: "соединение сброшено, закрыто или оборвано; рукопожатие TLS просто прервалось",
    },
    money: keepTheMoney,
    interpretations: ["C1", "C2", "C3"],
  },
  "unknown aborted": {
    case: {
      en: "the caller aborts after the request was handed over",
      ru: "вызывающий прервал вызов после передачи запроса",
    },
    money: keepTheMoney,
    interpretations: ["C2"],
  },
  "unknown http-status": {
    case: {
      en:
        "HTTP 5xx with any body; HTTP 408, 409, 425, 429, 499 and others without a documented refusal; " +
        "4xx with `OK`",
      ru: "HTTP 5xx с любым телом; HTTP 408, 409, 425, 429, 499 и другие без описанного отказа; 4xx с `OK`",
    },
    money: keepTheMoney,
    interpretations: ["C5", "C8", "C9"],
  },
  "unknown request-refused": {
    case: {
      en: "HTTP 400, 401, 403, 404, 405, 413, 415 or 422 without a status: the request was turned away at the door",
      ru: "HTTP 400, 401, 403, 404, 405, 413, 415 или 422 без статуса: запрос отклонён на входе",
    },
    money: {
      en: "do not refund yet, alert an operator; refund after `status` answers not found",
      ru: "пока не возвращать, поднять тревогу; вернуть, когда `status` ответит «не найдено»",
    },
    interpretations: ["C9"],
  },
  "unknown not-final": {
    case: {
      en: "a refusal where a request can be sent twice (a browser, a proxy): it may answer the second copy",
      ru: "отказ там, где запрос может уйти дважды (браузер, прокси): он может относиться ко второй копии",
    },
    money: keepTheMoney,
    interpretations: ["A9", "C11"],
  },
  "unknown redirect": {
    case: {
      en: "HTTP 3xx; the client never follows a redirect",
      ru: "HTTP 3xx; клиент никогда не переходит по перенаправлению",
    },
    money: keepTheMoney,
    interpretations: ["C10"],
  },
  "unknown malformed": {
    case: {
      en:
        "a body under HTTP 2xx that is empty, HTML, not JSON, in another charset, off contract in what decides, " +
        "or that contradicts itself",
      ru:
        "тело при HTTP 2xx пустое, HTML, не JSON, в другой кодировке, не по контракту в том, что решает, " +
        "или противоречит себе",
    },
    money: keepTheMoney,
    interpretations: ["C3", "C8", "C13", "D16", "D17"],
  },
  "unknown too-large": {
    case: {
      en: "a body above the limit",
      ru: "тело больше предела",
    },
    money: keepTheMoney,
    interpretations: ["C3"],
  },
  "unknown undecided": {
    case: {
      en: "`TXN_DUPLICATE`: the id is known; this says nothing about the sale",
      ru: "`TXN_DUPLICATE`: идентификатор известен; о продаже это ничего не говорит",
    },
    money: keepTheMoney,
    interpretations: ["A1"],
  },
  "unknown unrecognised-status": {
    case: {
      en: "a status that the contract does not list, or lists for another call",
      ru: "статус, которого нет в контракте, или статус другого вызова",
    },
    money: keepTheMoney,
    interpretations: ["D3"],
  },
  "unknown mismatch": {
    case: {
      en: "the answer is about another product or another transaction; the client hides its key",
      ru: "ответ о другом продукте или другой транзакции; клиент скрывает его ключ",
    },
    money: {
      en: "do not refund, do not deliver, alert an operator, ask `status`",
      ru: "деньги не возвращать, продукт не выдавать, поднять тревогу, запросить `status`",
    },
    interpretations: ["D10", "A10"],
  },
  "not-sent unreachable": {
    case: {
      en: "connection refused, name not resolved, connect timeout, certificate not accepted",
      ru: "соединение отклонено, имя не разрешается, тайм-аут при соединении или сертификат не принят",
    },
    money: refundOrSendAgain,
    interpretations: ["C1"],
  },
  "not-sent invalid-request": {
    case: {
      en: "the contract does not allow the request",
      ru: "контракт не допускает такого запроса",
    },
    money: {
      en: "refund, or correct the request",
      ru: "вернуть или исправить запрос",
    },
    interpretations: ["D5"],
  },
  "not-sent no-credentials": {
    case: {
      en: "the credentials were not available in time",
      ru: "учётные данные не удалось получить вовремя",
    },
    money: refundOrSendAgain,
    interpretations: ["E1"],
  },
  "not-sent aborted": {
    case: {
      en: "the caller aborts before the request was handed over",
      ru: "вызывающий прервал вызов до передачи запроса",
    },
    money: refundOrSendAgain,
    interpretations: ["C2"],
  },
};
