import { dirname, resolve } from "node:path";
import type { Location, Oas3Rule, Oas3Visitor, UserContext } from "@redocly/openapi-core";
import { BundledPlaces } from "./bundled-places.ts";
import { isNode } from "./located.ts";
import { readOverlay, type OverlayText } from "./overlay-texts.ts";

const TEXT_FIELDS = ["summary", "description"];
const CYRILLIC = /\p{Script=Cyrillic}/u;

/**
 * Requires a Russian text in the overlay for every summary and description, and nothing else in the overlay.
 *
 * Skips a contract with a dangling reference: the texts behind it would be reported as missing.
 *
 * Option `overlay`: path of the overlay, relative to the folder of the contract.
 */
export const russian: Oas3Rule = ({ overlay }): Oas3Visitor => {
  const texts = new Map<string, Location>();
  const refs: Array<Parameters<BundledPlaces["add"]>> = [];
  const collect = (node: unknown, fields: string[], location: Location): void => {
    for (const field of fields) {
      if (!isNode(node) || typeof node[field] !== "string") continue;
      const place = location.child([field]);
      texts.set(place.absolutePointer, place);
    }
  };
  let hasDanglingRef = false;
  return {
    ref(ref, { location, type }, target) {
      if (target.error) hasDanglingRef = true;
      // A text beside a $ref is a separate text.
      collect(ref, TEXT_FIELDS, location);
      if (target.location) refs.push([location, target.location, type.name]);
    },
    any: {
      enter(node, { location, type }) {
        const fields = TEXT_FIELDS.filter((field) => field in (type.properties ?? {}));
        collect(node, fields, location);
      },
    },
    Root: {
      leave(_root, ctx) {
        if (hasDanglingRef) return;
        const places = new BundledPlaces(ctx.location);
        for (const ref of refs) places.add(...ref);
        const translations = readTranslations(overlay, ctx);
        if (translations) reportDifferences(placeTexts(texts.values(), places, ctx), translations, overlay, ctx);
      },
    },
  };
};

function readTranslations(overlay: string, ctx: UserContext): OverlayText[] | undefined {
  try {
    const { texts, faults } = readOverlay(resolve(dirname(ctx.location.source.absoluteRef), overlay));
    for (const fault of faults) ctx.report(fault);
    return texts;
  } catch (error) {
    ctx.report({ message: `Cannot read the overlay "${overlay}": ${(error as Error).message}` });
    return undefined;
  }
}

/** Maps the English texts by their place in the bundled document; reports two texts with the same place. */
function placeTexts(texts: Iterable<Location>, places: BundledPlaces, ctx: UserContext): Map<string, Location> {
  const english = new Map<string, Location>();
  for (const location of texts) {
    for (const place of places.find(location)) {
      if (english.has(place)) {
        const allowed = "components of one kind must have files or keys of different names";
        const message = `Two texts are bundled as "${place}"; ${allowed}`;
        ctx.report({ message, location: [location, english.get(place)!] });
      }
      english.set(place, location);
    }
  }
  return english;
}

function reportDifferences(
  english: Map<string, Location>,
  translations: OverlayText[],
  overlay: string,
  ctx: UserContext,
): void {
  for (const { place, text, location } of translations) {
    if (!english.has(place)) {
      const allowed = "it must set a summary or description that exists";
      const message = `Overlay sets "${place}", where the contract has no text; ${allowed}`;
      ctx.report({ message, location });
    } else if (typeof text !== "string" || !CYRILLIC.test(text)) {
      const message = `Translation ${JSON.stringify(text)} is not Russian; it must be a text with Cyrillic letters`;
      ctx.report({ message, location });
    }
  }
  const translated = new Set(translations.map(({ place }) => place));
  for (const [place, location] of english) {
    if (translated.has(place)) continue;
    ctx.report({ message: `Text has no Russian counterpart; "${overlay}" must set "${place}"`, location });
  }
}
