import { Fault, parse } from "./fault.ts";
import { Reader } from "./reader.ts";

/**
 * Finds the fault of a text that no schema allows: it is not JSON, nests more than 100 levels deep, or repeats a member
 * name in one object. The fault quotes nothing from the text.
 */
export function textFault(text: string): unknown {
  try {
    parse(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text);
    new Reader(text).any();
    return undefined;
  } catch (error) {
    // A repeated name has a place; text that nests too deep needs none.
    if (error instanceof Fault && !error.issue.isForeign) error.issue.pointer = "";
    return error;
  }
}
