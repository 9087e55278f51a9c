import type { NotSentReason, UnknownReason } from "@codegames/client";
import type { InBoth } from "./language.ts";

/** What can happen to a call beside an answer with a status of the contract. A reason of the client that is missing here does not compile. */
export const wireCases: Record<`unknown ${UnknownReason}` | `not-sent ${NotSentReason}`, { case: InBoth; money: InBoth; readings: string[] }> = {
  "unknown timeout": { case: { en: "the deadline passes before the last byte of the answer", ru: "срок истёк раньше последнего байта ответа" }, money: keep(), readings: ["C2"] },
  "unknown connection": { case: { en: "the connection is reset, closed or cut short; a TLS handshake just breaks off", ru: "соединение сброшено, закрыто или оборвано; рукопожатие TLS просто прервалось" }, money: keep(), readings: ["C1", "C2", "C3"] },
  "unknown aborted": { case: { en: "the caller aborts after the request was handed over", ru: "вызывающий прервал вызов после передачи запроса" }, money: keep(), readings: ["C2"] },
  "unknown http-status": { case: { en: "HTTP 5xx with any body; HTTP 408, 409, 425, 429, 499 and others without a documented refusal; 4xx with `OK`", ru: "HTTP 5xx с любым телом; HTTP 408, 409, 425, 429, 499 и другие без описанного отказа; 4xx с `OK`" }, money: keep(), readings: ["C5", "C8", "C9"] },
  "unknown request-refused": {
    case: { en: "HTTP 400, 401, 403, 404, 405, 413, 415 or 422 without a status: turned away at the door", ru: "HTTP 400, 401, 403, 404, 405, 413, 415 или 422 без статуса: запрос отклонён на входе" },
    money: { en: "keep, alarm an operator; back once `status` says not found", ru: "удержать, поднять тревогу; вернуть, когда `status` скажет «не найдено»" }, readings: ["C9"],
  },
  "unknown redirect": { case: { en: "HTTP 3xx, which is never followed", ru: "HTTP 3xx: перенаправлению никогда не следуют" }, money: keep(), readings: ["C10"] },
  "unknown malformed": { case: { en: "a body under HTTP 2xx that is empty, HTML, no JSON or off contract", ru: "тело при HTTP 2xx пустое, HTML, не JSON или не по контракту" }, money: keep(), readings: ["C3", "D16"] },
  "unknown too-large": { case: { en: "a body above the limit", ru: "тело больше предела" }, money: keep(), readings: ["C3"] },
  "unknown undecided": { case: { en: "`TXN_DUPLICATE`: the id is known, and nothing is said of the sale", ru: "`TXN_DUPLICATE`: идентификатор известен, о продаже ничего не сказано" }, money: keep(), readings: ["A1"] },
  "unknown unrecognised-status": { case: { en: "a status that the contract does not list, or of another call", ru: "статус, которого нет в контракте, или статус другого вызова" }, money: keep(), readings: ["D3"] },
  "unknown mismatch": {
    case: { en: "the answer is about another product; its key is withheld", ru: "ответ о другом продукте; ключ скрыт" },
    money: { en: "keep, alarm a person, ask `status`", ru: "удержать, поднять тревогу, спросить `status`" }, readings: ["D10"],
  },
  "not-sent unreachable": {
    case: { en: "connection refused, name not resolved, connect timeout, certificate not accepted", ru: "соединение отклонено, имя не найдено, тайм-аут соединения, сертификат не принят" },
    money: again(), readings: ["C1"],
  },
  "not-sent invalid-request": { case: { en: "the contract does not allow the request", ru: "контракт не допускает такого запроса" }, money: { en: "give it back, or correct the request", ru: "вернуть или исправить запрос" }, readings: ["D5"] },
  "not-sent no-credentials": { case: { en: "the credentials could not be had in time", ru: "учётные данные не удалось получить вовремя" }, money: again(), readings: ["E1"] },
  "not-sent aborted": { case: { en: "the caller aborts before the request was handed over", ru: "вызывающий прервал вызов до передачи запроса" }, money: again(), readings: ["C2"] },
};

function keep(): InBoth {
  return { en: "keep, deliver nothing, ask `status`", ru: "удержать, ничего не выдавать, спросить `status`" };
}

function again(): InBoth {
  return { en: "if nothing left under this `txn_id` before: give it back, or send again under the same; else ask `status`", ru: "если раньше под этим `txn_id` ничего не ушло: вернуть или отправить снова под тем же; иначе спросить `status`" };
}
