/** The only part of Node that the README needs: it reads its options from the environment. */
declare const process: { env: Record<string, string | undefined> };
