import { Fault, parse } from "./fault.ts";
import { Reader } from "./reader.ts";

/**
 * What is wrong with a text whatever its schema: it is not JSON, nests more than 100 levels deep, or has a member name
 * twice in one object. None of that quotes the text.
 */
export function textFault(text: string): unknown {
  try {
    parse(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text);
    new Reader(text).any();
    return undefined;
  } catch (error) {
    // A repeated name has a place; what nests too deep needs none.
    if (error instanceof Fault && !error.issue.isForeign) error.issue.pointer = "";
    return error;
  }
}
