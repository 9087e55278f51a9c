import { quote } from "../refusal.ts";
import { spell } from "../typescript/spell.ts";
import type { Place } from "./keywords.ts";
import { type Media, readMedia } from "./media.ts";
import type { Operation } from "./model.ts";
import { capitalise } from "./names.ts";
import { checkInquiries, readEcho, readInquiry, readOutcomes, readStatusQueue } from "./outcome.ts";
import type { SchemaNormaliser } from "./schema.ts";

const methods = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

/** Normalises every operation, in the order of the document. */
export function normaliseOperations(paths: Place, schemas: SchemaNormaliser): Operation[] {
  const found = paths.children().flatMap(([path, item]) => {
    item.allowOnly("a path", [...methods, "summary", "description", "servers"]);
    return methods.filter((method) => item.has(method)).map((method) => ({ path, method, place: item.child(method) }));
  });
  if (found.length === 0) throw paths.refuse("must hold at least one operation");
  const ids = found.map(({ place }) => readId(place));
  const operations = found.map(({ path, method, place }, index) => {
    const id = readId(place);
    if (ids.indexOf(id) < index)
      throw place.child("operationId").refuse(`must be unique, is ${quote(id)} a second time`);
    return normaliseOperation(place, { id, method: method.toUpperCase(), path }, schemas);
  });
  checkInquiries(
    found.map(({ place }) => place),
    operations,
  );
  return operations;
}

function readId(place: Place): string {
  const id = place.child("operationId");
  if (id.node === undefined) throw place.refuse("must have an operationId");
  if (/^[a-z][A-Za-z0-9]*$/.test(id.string())) return id.string();
  throw id.refuse(`must be a camelCase name, is ${quote(id.node)}`);
}

type Call = Pick<Operation, "id" | "method" | "path">;

function normaliseOperation(place: Place, call: Call, schemas: SchemaNormaliser): Operation {
  place.allowOnly("an operation", keywords);
  checkMethod(place, call.method);
  if (/[{}]/.test(call.path)) throw place.refuse(`path ${quote(call.path)} has parameters, which are not supported`);
  const type = `operations[${spell(call.id)}]`;
  const request = place.has("requestBody") ? readRequest(place.child("requestBody"), call, type, schemas) : undefined;
  const answers = readAnswers(place.child("responses"), call, type, schemas);
  const { httpStatus, media } = successOf(answers, place.child("responses"));
  return {
    ...call,
    summary: place.text("summary"),
    description: place.text("description"),
    request: request?.schema,
    response: { httpStatus, schema: media.schema },
    problems: answers
      .filter(({ isSuccess }) => !isSuccess)
      .map(({ httpStatus, media }) => ({ httpStatus, schema: media?.schema })),
    outcomes: readOutcomes(media.place),
    echo: place.has("x-echo") ? readEcho(place.child("x-echo"), request?.place, media.place) : undefined,
    inquiry: place.has("x-inquiry") ? readInquiry(place.child("x-inquiry"), media.place) : undefined,
    statusQueue: place.has("x-status-queue") ? readStatusQueue(place.child("x-status-queue")) : undefined,
    examples: [
      ...examplesOf(request, undefined),
      ...answers.flatMap(({ httpStatus, media }) => examplesOf(media, httpStatus)),
    ],
  };
}

const keywords = [
  "operationId",
  "summary",
  "description",
  "tags",
  "externalDocs",
  "deprecated",
  "security",
  "servers",
  "requestBody",
  "responses",
  "x-echo",
  "x-inquiry",
  "x-status-queue",
];

interface AnswerOf {
  httpStatus: number;
  isSuccess: boolean;
  media: Media | undefined;
}

function readAnswers(responses: Place, { id }: Call, type: string, schemas: SchemaNormaliser): AnswerOf[] {
  return responses.children().map(([code, response]) => {
    if (!/^[1-5]\d\d$/.test(code)) {
      throw response.refuse(`HTTP code ${quote(code)} is not supported; allowed: 100 to 599`);
    }
    const isSuccess = code.startsWith("2");
    const name = `${capitalise(id)}${isSuccess ? "Response" : `Problem${code}`}`;
    const media = readMedia(response.resolve(), name, `${type}["responses"][${code}]`, schemas);
    return { httpStatus: Number(code), isSuccess, media };
  });
}

/** Finds the one successful answer, which must have a body. */
function successOf(answers: AnswerOf[], responses: Place): { httpStatus: number; media: Media } {
  const successes = answers.filter(({ isSuccess }) => isSuccess);
  const [success] = successes;
  if (!success || successes.length > 1) {
    throw responses.refuse(`must have one successful answer (2xx), has ${successes.length}`);
  }
  const { httpStatus, media } = success;
  if (!media) throw responses.child(String(httpStatus)).refuse("must have a JSON body");
  return { httpStatus, media };
}

/** `fetch` sends no TRACE and no body in a GET, and the answer to a HEAD has none. */
function checkMethod(place: Place, method: string): void {
  if (method === "HEAD" || method === "TRACE") throw place.refuse(`method ${method} is not supported`);
  if (method === "GET" && place.has("requestBody"))
    throw place.child("requestBody").refuse("is not supported in a GET");
}

function readRequest(place: Place, { id }: Call, type: string, schemas: SchemaNormaliser): Media {
  const body = place.resolve();
  if (body.child("required").node !== true) {
    throw body.refuse("must have required: true; a body that may be missing is not supported");
  }
  const media = readMedia(body, `${capitalise(id)}Request`, `${type}["requestBody"]`, schemas);
  if (!media) throw body.refuse("must have a JSON body");
  return media;
}

const examplesOf = (media: Media | undefined, httpStatus: number | undefined) =>
  (media?.examples ?? []).map((example) => ({ ...example, httpStatus, schema: media?.schema ?? "" }));
