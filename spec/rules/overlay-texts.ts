import { readFileSync } from "node:fs";
import { escapePointerFragment, makeDocumentFromString, type LocationObject, type Source } from "@redocly/openapi-core";
import { parseJsonPath, printJsonPath } from "./json-path.ts";
import { isNode } from "./located.ts";

/** One value that an overlay sets. */
export interface OverlayText {
  /** JSONPath into the bundled document. */
  place: string;
  text: unknown;
  location: LocationObject;
}

export interface OverlayFault {
  message: string;
  location: LocationObject;
}

/**
 * Reads the overlay at `path` into the single values that its actions set.
 *
 * @throws {Error} When the file is missing or is not YAML
 */
export function readOverlay(path: string): { texts: OverlayText[]; faults: OverlayFault[] } {
  const { source, parsed } = makeDocumentFromString<unknown>(readFileSync(path, "utf8"), path);
  const actions = isNode(parsed) && Array.isArray(parsed.actions) ? parsed.actions : [];
  const texts: OverlayText[] = [];
  const faults: OverlayFault[] = [];
  for (const [index, action] of actions.entries()) {
    const pointer = `#/actions/${index}`;
    const segments = parseJsonPath(String(action?.target));
    if (!segments) {
      const message = `Target "${action?.target}" is not a plain path; it must be $ followed by names and indexes`;
      faults.push({ message, location: { source, pointer: `${pointer}/target` } });
    } else if (action.update === undefined) {
      const message = `Action on "${action.target}" has no update; a translation must only set texts`;
      faults.push({ message, location: { source, pointer } });
    } else {
      texts.push(...textsOf(action.update, segments, `${pointer}/update`, source));
    }
  }
  return { texts, faults };
}

function* textsOf(
  value: unknown,
  place: Array<string | number>,
  pointer: string,
  source: Source,
): Generator<OverlayText> {
  if (!isNode(value)) {
    yield { place: printJsonPath(place), text: value, location: { source, pointer } };
    return;
  }
  for (const [key, child] of Object.entries(value)) {
    yield* textsOf(child, [...place, key], `${pointer}/${escapePointerFragment(key)}`, source);
  }
}
