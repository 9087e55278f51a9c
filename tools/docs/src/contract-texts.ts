/** As much of an OpenAPI document as the site reads. */
export interface OpenApi {
  info: { version: string };
  servers: { url: string; description: string; variables: { partner_url: { default: string; description: string } } }[];
  paths: Record<string, { post: OpenApiOperation }>;
  components: { schemas: Record<string, Schema> };
}

export interface OpenApiOperation {
  operationId: string;
  tags: string[];
  summary: string;
  description: string;
  responses: Record<string, { content?: Record<string, { schema: Schema }> }>;
}

export interface Schema {
  $ref?: string;
  oneOf?: Schema[];
  properties?: Record<string, Schema>;
  description?: string;
  enum?: string[];
  const?: string;
  format?: string;
  minimum?: number;
  maximum?: number;
}

export const operationsOf = (contract: OpenApi): OpenApiOperation[] => Object.values(contract.paths).map(({ post }) => post);

/** What the contract says of a status of an operation: its item in the list, or the whole text of a status that stands alone. Throws when there is none. */
export function descriptionOfStatus(contract: OpenApi, operationId: string, status: string): string {
  const resolve = (schema: Schema): Schema => (schema.$ref ? resolve(contract.components.schemas[schema.$ref.split("/").at(-1) ?? ""] ?? {}) : schema);
  const operation = operationsOf(contract).find((each) => each.operationId === operationId);
  const answer = resolve(operation?.responses["200"]?.content?.["application/json"]?.schema ?? {});
  for (const variant of answer.oneOf ?? [answer]) {
    const { const: only, enum: listed, description = "" } = resolve(resolve(variant).properties?.["status"] ?? {});
    if (only === status) return description;
    if (!listed?.includes(status)) continue;
    const item = description.split(/^- /m).find((text) => text.startsWith(`\`${status}\``));
    if (item) return (item.split(/\n\s*\n/)[0] ?? "").replace(/^`\w+`:\s*(.)/, (_, first: string) => first.toUpperCase());
  }
  throw new Error(`docs: the contract does not describe ${status} of ${operationId}`);
}
