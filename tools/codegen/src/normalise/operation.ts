import { quote } from "../refusal.ts";
import { spell } from "../spell.ts";
import { type Media, readMedia } from "./media.ts";
import type { Place } from "./keywords.ts";
import type { Operation } from "./model.ts";
import { checkInquiries, readEcho, readInquiry, readOutcomes, readStatusQueue } from "./outcome.ts";
import { capitalise, type SchemaNormaliser } from "./schema.ts";

const methods = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

/** Every operation of the document, in its order. */
export function normaliseOperations(paths: Place, schemas: SchemaNormaliser): Operation[] {
  const found = paths.children().flatMap(([path, item]) => {
    item.allowOnly("a path", [...methods, "summary", "description", "servers"]);
    return methods.filter((method) => item.has(method)).map((method) => ({ path, method, place: item.child(method) }));
  });
  if (found.length === 0) throw paths.refuse("must hold at least one operation");
  const ids = found.map(({ place }) => readId(place));
  const operations = found.map(({ path, method, place }, index) => {
    const id = readId(place);
    if (ids.indexOf(id) < index) throw place.child("operationId").refuse(`must be unique, is ${quote(id)} a second time`);
    return normaliseOperation(place, { id, method: method.toUpperCase(), path }, schemas);
  });
  checkInquiries(found.map(({ place }) => place), operations);
  return operations;
}

function readId(place: Place): string {
  const id = place.child("operationId");
  if (id.node === undefined) throw place.refuse("must have an operationId");
  if (/^[a-z][A-Za-z0-9]*$/.test(id.string())) return id.string();
  throw id.refuse(`must be a camelCase name, is ${quote(id.node)}`);
}

function normaliseOperation(
  place: Place, call: Pick<Operation, "id" | "method" | "path">, schemas: SchemaNormaliser,
): Operation {
  place.allowOnly("an operation", [
    "operationId", "summary", "description", "tags", "externalDocs", "deprecated", "security", "servers",
    "requestBody", "responses", "x-echo", "x-inquiry", "x-status-queue",
  ]);
  checkMethod(place, call.method);
  if (/[{}]/.test(call.path)) throw place.refuse(`path ${quote(call.path)} has parameters, which are not supported`);
  const name = capitalise(call.id);
  const type = `operations[${spell(call.id)}]`;
  const request = place.has("requestBody") ? readRequest(place.child("requestBody"), name, type, schemas) : undefined;
  const answers = place.child("responses").children().map(([code, response]) => {
    if (!/^[1-5]\d\d$/.test(code)) throw response.refuse(`HTTP code ${quote(code)} is not supported; allowed: 100 to 599`);
    const isSuccess = code.startsWith("2");
    const media = readMedia(
      response.resolve(), isSuccess ? `${name}Response` : `${name}Problem${code}`, `${type}["responses"][${code}]`, schemas,
    );
    return { httpStatus: Number(code), isSuccess, media };
  });
  const successes = answers.filter(({ isSuccess }) => isSuccess);
  const [success] = successes;
  if (!success || successes.length > 1) {
    throw place.child("responses").refuse(`must have one successful answer (2xx), has ${successes.length}`);
  }
  if (!success.media) {
    throw place.child("responses").child(String(success.httpStatus)).refuse("must have a JSON body");
  }
  return {
    ...call,
    summary: place.text("summary"),
    description: place.text("description"),
    request: request?.schema,
    response: { httpStatus: success.httpStatus, schema: success.media.schema },
    problems: answers
      .filter(({ isSuccess }) => !isSuccess)
      .map(({ httpStatus, media }) => ({ httpStatus, schema: media?.schema })),
    outcomes: readOutcomes(success.media.place),
    echo: place.has("x-echo") ? readEcho(place.child("x-echo"), request?.place, success.media.place) : undefined,
    inquiry: place.has("x-inquiry") ? readInquiry(place.child("x-inquiry")) : undefined,
    statusQueue: place.has("x-status-queue") ? readStatusQueue(place.child("x-status-queue")) : undefined,
    examples: [
      ...examplesOf(request, undefined),
      ...answers.flatMap(({ httpStatus, media }) => examplesOf(media, httpStatus)),
    ],
  };
}

/** `fetch` sends no TRACE and no body in a GET, and the answer to a HEAD has none. */
function checkMethod(place: Place, method: string): void {
  if (method === "HEAD" || method === "TRACE") throw place.refuse(`method ${method} is not supported`);
  if (method === "GET" && place.has("requestBody")) throw place.child("requestBody").refuse("is not supported in a GET");
}

function readRequest(place: Place, name: string, type: string, schemas: SchemaNormaliser): Media {
  const body = place.resolve();
  if (body.child("required").node !== true) {
    throw body.refuse("must have required: true; a body that may be missing is not supported");
  }
  const media = readMedia(body, `${name}Request`, `${type}["requestBody"]`, schemas);
  if (!media) throw body.refuse("must have a JSON body");
  return media;
}

const examplesOf = (media: Media | undefined, httpStatus: number | undefined) =>
  (media?.examples ?? []).map((example) => ({ ...example, httpStatus, schema: media?.schema ?? "" }));
