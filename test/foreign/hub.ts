import { defaultCatalogue, startSandbox, type Sandbox } from "@codegames/sandbox";

/** The token of the merchant. */
export const token = "sandbox";

/** A provider with the products of the sandbox, and one whose id is beyond 2^53 and no double. */
export function startHub(): Promise<Sandbox> {
  const large = { id: 2n ** 53n + 1n, name: "2^53 + 1", price: 50_000, partner_price: 45_000, keys: 10 };
  return startSandbox({ cors: true, catalogue: [...defaultCatalogue, large] });
}

/** What a program of `programs/` reads. */
export const programEnv = ({ url }: Sandbox): Record<string, string> => ({ HUB_URL: url, HUB_TOKEN: token });
