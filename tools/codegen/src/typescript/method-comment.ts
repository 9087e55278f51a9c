import type { Operation } from "../normalise/model.ts";
import { docComment } from "./source-file.ts";

/** The documentation of an operation's method, on either side: the summary as a sentence, then the description. */
export const methodComment = ({ summary, description }: Operation): string[] =>
  docComment([summary && summary.replace(/[^.?!]$/, "$&."), description].filter(Boolean).join("\n\n"));
