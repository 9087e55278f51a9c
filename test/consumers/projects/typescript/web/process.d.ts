/** What the README reads its options from, and all that it needs of Node. */
declare const process: { env: Record<string, string | undefined> };
