/** The merchant's side, named in Pact's terms. */
export const consumer = "codegames-merchant";

/** The hub's side. */
export const provider = "codegames-hub";

/** The committed pact, which `@codegames/contract` publishes. */
export const pactFile = new URL("../../packages/contract/pacts/codegames-merchant-codegames-hub.json", import.meta.url);
