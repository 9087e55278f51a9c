/** Joins the words of a name, each with a capital: `pay-request` becomes `PayRequest`. */
export const capitalise = (name: string) =>
  name.replace(/(?:[^A-Za-z0-9]+|^)([A-Za-z0-9]?)/g, (_, first: string) => first.toUpperCase());
