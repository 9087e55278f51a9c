/** The merchant's side, as Pact calls it. */
export const consumer = "codegames-merchant";

export const provider = "codegames-hub";

/** The committed pact, which `@codegames/contract` publishes. */
export const pactFile = new URL("../../packages/contract/pacts/codegames-merchant-codegames-hub.json", import.meta.url);
