import type { Oas3Rule } from "@redocly/openapi-core";

const MAX_WORDS = 3;

/**
 * Requires a short name as the description of a server, and none of its variables: tools make the name of an
 * environment of the one, and a widespread validator refuses the other (https://github.com/APIDevTools/swagger-parser).
 */
export const serverName: Oas3Rule = () => ({
  Server({ url, description = "" }, { location, report }) {
    const words = description.split(/\s+/).filter(Boolean);
    const isName = words.length > 0 && words.length <= MAX_WORDS && !/[.,:;]/.test(description);
    if (isName) return;
    const message =
      `Server "${url}" has the description ${JSON.stringify(description)}; ` +
      `it must be a name of at most ${MAX_WORDS} words, without punctuation`;
    report({ message, location: description === "" ? location : location.child(["description"]) });
  },
  ServerVariable(variable, { key, location, report }) {
    if (!("description" in variable)) return;
    const message = `Server variable "${key}" has a description, which tools refuse; it must stand in info.description`;
    report({ message, location: location.child(["description"]) });
  },
});
