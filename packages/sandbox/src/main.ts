#!/usr/bin/env node
import { readFileSync } from "node:fs";
import { runCommand, wholeNumber, WrongUse } from "@codegames/command-line";
import { readHmacKey } from "./hmac-key.ts";

const help = `codegames-sandbox: a provider with state and with faults on demand, until Ctrl-C

  --port PORT         port of the hub (default 4020, or the next free one)
  --admin-port PORT   port of the admin API, on loopback (default 4021, or the next free one)
  --host HOST         address of the hub (default 127.0.0.1)
  --database WHERE    :memory: (default), a SQLite file, or a URL of PostgreSQL
  --catalogue FILE    the products at the start, as JSON (default: built in)
  --token TOKEN       bearer token of the merchant shop-1 (default sandbox)
  --hmac KEY_ID       shop-1 signs its calls (RFC 9421) and no token counts; the secret is in the
                      environment as CODEGAMES_HMAC_SECRET, because other users see command lines
  --hmac-secret FILE  read the secret of --hmac from a file; its last line end does not count
  --replay            answer an exact repeat of a pay like the first time, not with TXN_DUPLICATE
  --cors              let pages of any origin buy at the hub from a browser, such as Swagger UI
  --help, --version

Exit codes: 0 ended, 1 could not start, 2 wrong use.
`;

const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as {
  version: string;
};

process.exitCode = await runCommand({
  name: "codegames-sandbox",
  help,
  version,
  node: "22.13",
  options: {
    port: { type: "string" },
    "admin-port": { type: "string" },
    host: { type: "string", default: "127.0.0.1" },
    database: { type: "string", default: ":memory:" },
    catalogue: { type: "string" },
    token: { type: "string" },
    hmac: { type: "string" },
    "hmac-secret": { type: "string" },
    replay: { type: "boolean", default: false },
    cors: { type: "boolean", default: false },
  },
  async run({ port, "admin-port": adminPort, hmac: keyId, "hmac-secret": secretFile, ...options }) {
    const { token = "sandbox" } = options;
    if (!/^[!-~]+$/.test(token) || /^(?:undefined|null)$|^sha-?256[:=-]/i.test(token)) {
      throw new WrongUse("--token must be visible ASCII characters, no hash, and neither undefined nor null");
    }
    const hmac = readHmacKey(keyId, secretFile, process.env);
    if (hmac && options.token !== undefined) throw new WrongUse("--hmac and --token exclude each other");
    const portOf = (name: string, text?: string) => (text === undefined ? text : wholeNumber(name, text, 0, 65_535));
    const ports = { port: portOf("--port", port), adminPort: portOf("--admin-port", adminPort) };
    const { serveUntilSignalled } = await import("./serve.ts");
    await serveUntilSignalled({ ...options, ...ports, token, hmac });
  },
});
