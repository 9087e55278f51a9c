import type { Location, Oas3Rule, UserContext } from "@redocly/openapi-core";
import { childOf, isNode, locate, type Located } from "./located.ts";

/**
 * Requires the bearer scheme alone as the first choice in `security`. Tools that import a contract take the first, and
 * a token is what they then ask for.
 */
export const bearerFirst: Oas3Rule = () => {
  let root: Located | undefined;
  return {
    Root(node, ctx) {
      root = locate(node, ctx.location);
      checkSecurity(node.security, ctx.location, root, ctx);
    },
    Operation(operation, ctx) {
      if (root) checkSecurity(operation.security, ctx.location, root, ctx);
    },
  };
};

function checkSecurity(security: unknown, location: Location, root: Located, ctx: UserContext): void {
  if (!Array.isArray(security) || security.length === 0) return;
  const names = isNode(security[0]) ? Object.keys(security[0]) : [];
  if (names.length === 1 && isBearer(names[0]!, root, ctx)) return;
  const first = names.join(" and ") || "nothing";
  const message = `The first choice in security is ${first}; it must be a scheme of type http, scheme bearer, alone`;
  ctx.report({ message, location: location.child(["security", 0]) });
}

function isBearer(name: string, root: Located, ctx: UserContext): boolean {
  const components = childOf(root, "components", ctx);
  const schemes = components && childOf(components, "securitySchemes", ctx);
  const { type, scheme } = (schemes && childOf(schemes, name, ctx))?.node ?? {};
  return type === "http" && String(scheme).toLowerCase() === "bearer";
}
