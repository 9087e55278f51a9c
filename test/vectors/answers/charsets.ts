import { type Charset, encodeJson } from "../charset.ts";
import { answerCase, key, refund, sale, sold, soldReads, unknown } from "./answer-case.ts";

const cyrillic = `{"comment":"Оплата прошла успешно",${sale('"productKey":"Ключ-Ё"').slice(1)}`;
const latin = `{"comment":"Größe é ñ",${sale('"productKey":"Schlüssel-é"').slice(1)}`;
const readsCyrillic = { ...soldReads, productKey: "Ключ-Ё" };
const readsLatin = { ...soldReads, productKey: "Schlüssel-é" };

const readable = (declared: string, charset: Charset, text: string, reads: typeof soldReads) =>
  answerCase("pay", `M37 C13 ${declared}`, encodeJson(text, charset), sold({}, reads), {
    mediaType: `application/json;${declared}`,
  });

const refused = (name: string, bytes: Uint8Array | string, mediaType: string) =>
  answerCase("pay", `C13 ${name}`, bytes, unknown("malformed"), { mediaType });

const plain = sale(key);
const withByte = (byte: number) =>
  Buffer.from(sale('"productKey":"K-?"').replace("?", String.fromCharCode(byte)), "latin1");

/** Answers in a declared charset: those of the list, strictly, and no other (C13). */
export const charsetCases = [
  readable("charset=utf-8", "utf-8", cyrillic, readsCyrillic),
  readable("charset=utf8", "utf8", cyrillic, readsCyrillic),
  readable("charset=us-ascii", "us-ascii", cyrillic, readsCyrillic),
  readable(" charset=windows-1251", "windows-1251", cyrillic, readsCyrillic),
  readable(' charset="Windows-1251"', "windows-1251", cyrillic, readsCyrillic),
  readable("CHARSET=WINDOWS-1251; profile=a", "windows-1251", cyrillic, readsCyrillic),
  readable("charset=koi8-r", "koi8-r", cyrillic, readsCyrillic),
  readable("charset=cp866", "cp866", cyrillic, readsCyrillic),
  readable("charset=iso-8859-5", "iso-8859-5", cyrillic, readsCyrillic),
  readable("charset=windows-1252", "windows-1252", latin, readsLatin),
  readable("charset=iso-8859-1", "iso-8859-1", latin, readsLatin),
  answerCase(
    "pay",
    "M37 C13 a refusal in windows-1251",
    encodeJson('{"status":"WRONG_PRICE","comment":"Цена"}', "windows-1251"),
    refund(),
    {
      mediaType: "application/json; charset=windows-1251",
    },
  ),
  refused("utf-16 is not on the list", Buffer.from(plain, "utf16le"), "application/json; charset=utf-16"),
  refused("utf-16le is not on the list, whatever the bytes are", plain, "application/json; charset=utf-16le"),
  refused("iso-2022-jp is not on the list", plain, "application/json; charset=iso-2022-jp"),
  refused("utf-7 is not on the list", plain, "application/json; charset=utf-7"),
  refused("two charset parameters", plain, "application/json; charset=utf-8; charset=windows-1251"),
  refused("the same charset twice", plain, "application/json; charset=utf-8; charset=utf-8"),
  refused("windows-1251 that nobody declared", encodeJson(cyrillic, "windows-1251"), "application/json"),
  refused("windows-1251 declared as utf-8", encodeJson(cyrillic, "windows-1251"), "application/json; charset=utf-8"),
  refused("a byte from 0x80 on in us-ascii", withByte(0xe9), "application/json; charset=us-ascii"),
  refused("a byte that windows-1251 does not have", withByte(0x98), "application/json; charset=windows-1251"),
  refused("a byte that windows-1252 does not have", withByte(0x81), "application/json; charset=windows-1252"),
];
