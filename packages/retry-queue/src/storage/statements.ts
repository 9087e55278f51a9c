/**
 * Writes the name of the queue's schema into SQL, which calls it `:schema`: so does psql, with `-v schema=codegames`. A
 * cast, such as `::schema`, is left alone.
 */
export const inSchema = (schema: string, sql: string): string => sql.replaceAll(/(?<!:):schema\b/g, schema);

/** Writes the name of the queue's schema into statements that are kept under their names. */
export function statementsIn<Name extends string>(
  schema: string,
  statements: Readonly<Record<Name, string>>,
): Readonly<Record<Name, string>> {
  const written = Object.entries<string>(statements).map(([name, sql]) => [name, inSchema(schema, sql)]);
  return Object.fromEntries(written) as Record<Name, string>;
}
