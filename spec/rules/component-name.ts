import type { Location } from "@redocly/openapi-core";

/** The name that the bundler gives a component: the last segment of its pointer, else the base name of its file. */
export function componentName({ pointer, source }: Location): string {
  const segment = pointer.split("/").at(-1);
  if (segment) return segment;
  const file = source.absoluteRef.split(/[/\\]/).at(-1) ?? "";
  return file.replace(/\.[^.]+$/, "");
}
