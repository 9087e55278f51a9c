import type { Json } from "../document.ts";
import { spell } from "../typescript/spell.ts";
import type { Place } from "./keywords.ts";
import type { SchemaNormaliser } from "./schema.ts";

/** The JSON body of a request or an answer. */
export interface Media {
  /** The schema in the document. */
  place: Place;
  /** Name of the normalised schema. */
  schema: string;
  examples: { name: string; value: Json }[];
}

/** Reads the JSON body, if there is one. An inline schema gets `name`; `type` spells its owner in the printed types. */
export function readMedia(body: Place, name: string, type: string, schemas: SchemaNormaliser): Media | undefined {
  const content = body.has("content") ? body.child("content").children() : [];
  if (content.length === 0) return undefined;
  const [[mediaType, media] = ["", body], ...others] = content;
  if (others.length > 0 || !/^application\/(.+\+)?json$/.test(mediaType)) {
    throw body
      .child("content")
      .refuse(`must have one JSON media type, has ${content.map(([each]) => each).join(", ")}`);
  }
  media.allowOnly("a media type", ["schema", "example", "examples"]);
  if (!media.has("schema")) throw media.refuse("must have a schema");
  const place = media.child("schema");
  const schema = schemas.normaliseBody(place, name, `${type}["content"][${spell(mediaType)}]`);
  const examples = readExamples(media);
  for (const { value } of examples) schemas.expectExample(value, schema);
  return { place, schema, examples: examples.map(({ name, value }) => ({ name, value: value.node ?? null })) };
}

function readExamples(media: Place): { name: string; value: Place }[] {
  const named = media.has("examples") ? media.child("examples").children() : [];
  const examples = named.map(([name, reference]) => {
    const example = reference.resolve();
    if (!example.has("value")) throw example.refuse("must have a value; externalValue is not supported");
    return { name, value: example.child("value") };
  });
  return media.has("example") ? [{ name: "example", value: media.child("example") }, ...examples] : examples;
}
