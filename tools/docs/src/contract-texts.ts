/** The parts of an OpenAPI document that the site reads. */
export interface OpenApi {
  info: { version: string };
  servers: { url: string; description: string; variables: { partner_url: { default: string } } }[];
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
  format?: string;
  minimum?: number;
  maximum?: number;
}

export const operationsOf = (contract: OpenApi): OpenApiOperation[] =>
  Object.values(contract.paths).map(({ post }) => post);

/**
 * The contract's text about a status of an operation: its list item, or the whole description where it is alone.
 *
 * @throws {Error} When the contract has no text for the status
 */
export function descriptionOfStatus(contract: OpenApi, operationId: string, status: string): string {
  const operation = operationsOf(contract).find((each) => each.operationId === operationId);
  const answer = resolve(contract, operation?.responses["200"]?.content?.["application/json"]?.schema);
  for (const variant of answer.oneOf ?? [answer]) {
    const property = resolve(contract, variant).properties?.["status"];
    const { enum: listed, description = "" } = resolve(contract, property);
    if (!listed?.includes(status)) continue;
    if (listed.length === 1) return description;
    const item = description.split(/^- /m).find((text) => text.startsWith(`\`${status}\``));
    if (item)
      return (item.split(/\n\s*\n/)[0] ?? "").replace(/^`\w+`:\s*(.)/, (_, first: string) => first.toUpperCase());
  }
  throw new Error(`docs: the contract does not describe ${status} of ${operationId}`);
}

/** Follows `$ref`s to components; an unknown schema is empty. */
function resolve(contract: OpenApi, schema: Schema = {}): Schema {
  if (!schema.$ref) return schema;
  return resolve(contract, contract.components.schemas[schema.$ref.split("/").at(-1) ?? ""]);
}
