/**
 * The kinds of problem, each one a thing that its reader can act upon: HTTP code, title, and the text for people when
 * nothing more is known. The page "Errors" of the site explains each under an anchor of its name.
 */
export const problemKinds = {
  "bad-request": [400, "Bad Request", "The request body is not what the contract asks for."],
  unauthorized: [401, "Unauthorized", "The credentials are missing or wrong."],
  forbidden: [403, "Forbidden", "The merchant may not do this."],
  "not-found": [404, "Not Found", "There is no such path."],
  "method-not-allowed": [405, "Method Not Allowed", "The path does not take this method."],
  "request-timeout": [408, "Request Timeout", "The request did not arrive in time."],
  "content-too-large": [413, "Content Too Large", "The body is too large."],
  "unsupported-media-type": [
    415,
    "Unsupported Media Type",
    "The body must be application/json in UTF-8, without a content coding.",
  ],
  "too-many-requests": [429, "Too Many Requests", "There are too many requests; try again later."],
  "headers-too-large": [431, "Request Header Fields Too Large", "The headers are too large."],
  "internal-error": [500, "Internal Server Error", "The request could not be served."],
  undecided: [503, "Service Unavailable", "The request is not decided yet; ask again later."],
  "shutting-down": [503, "Service Unavailable", "The server is shutting down, and has not looked at this request."],
} as const satisfies Record<string, readonly [httpStatus: number, title: string, detail: string]>;

export type ProblemKind = keyof typeof problemKinds;
