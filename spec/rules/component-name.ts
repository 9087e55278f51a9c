import type { Location } from "@redocly/openapi-core";

/** The name that Redocly's bundler gives to a component: the last segment of its pointer, else its file's base name. */
export function componentName({ pointer, source }: Location): string {
  const segment = pointer.split("/").at(-1);
  return (
    segment ||
    source.absoluteRef
      .split(/[/\\]/)
      .at(-1)!
      .replace(/\.[^.]+$/, "")
  );
}
