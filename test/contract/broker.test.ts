import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, test } from "vitest";
import type { Json } from "./exact-json.ts";
import { pactFile } from "./pact-file.ts";

/** The requests that the broker received. */
const received: { line: string; authorization: string | undefined; body: Json }[] = [];
let close = () => {};
afterEach(() => {
  close();
  received.length = 0;
});

async function startBroker(status: number, body: object | string): Promise<string> {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const server = createServer((request, response) => {
    record(request).then(
      () => response.writeHead(status, { "content-type": "application/hal+json" }).end(text),
      (error: Error) => response.destroy(error),
    );
  });
  close = () => {
    server.closeAllConnections();
    server.close();
  };
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function record(request: IncomingMessage): Promise<void> {
  const { method, url, headers } = request;
  const body = method === "POST" ? await json(request) : undefined;
  received.push({ line: `${method} ${url}`, authorization: headers.authorization, body });
}

/** Runs a command as npm does. `env` holds its only variables about a broker. */
function run(command: string, env: Record<string, string>): Promise<{ code: number; printed: string }> {
  const rest = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("PACT_")));
  return new Promise((resolve) => {
    const main = fileURLToPath(new URL("broker-main.ts", import.meta.url));
    execFile(process.execPath, [main, command], { env: { ...rest, ...env } }, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code) : 0, printed: `${stdout}${stderr}`.trim() }),
    );
  });
}

const version = { PACT_VERSION: "1.2.3", PACT_BRANCH: "main" };

describe("without a broker", () => {
  test.each(["publish", "can-i-deploy"])("pact:%s says that it is skipped, and succeeds", async (command) => {
    expect(await run(command, {})).toEqual({
      code: 0,
      printed: `pact:${command}: skipped, PACT_BROKER_BASE_URL is not set`,
    });
  });

  test("a wrong command, URL or port is an error", async () => {
    expect(await run("deploy", {})).toEqual({
      code: 2,
      printed: 'pact: command must be one of publish, can-i-deploy; got "deploy"',
    });
    expect(await run("publish", { PACT_BROKER_BASE_URL: "broker" })).toEqual({
      code: 1,
      printed: 'pact:publish: PACT_BROKER_BASE_URL must be a URL, is "broker"',
    });
    const url = await startBroker(200, {});
    close();
    expect(await run("publish", { ...version, PACT_BROKER_BASE_URL: url })).toMatchObject({
      code: 1,
      printed: expect.stringContaining("ECONNREFUSED"),
    });
  });
});

describe("pact:publish", () => {
  test("sends the committed pact, byte for byte", async () => {
    const url = await startBroker(200, { notices: [{ type: "info", text: "Pact successfully published" }] });
    const { code, printed } = await run("publish", {
      ...version,
      PACT_BROKER_BASE_URL: `${url}/below`,
      PACT_BROKER_TOKEN: "broker-token",
    });
    const published = "pact:publish: codegames-merchant 1.2.3 is published to";
    expect({ code, printed }).toEqual({
      code: 0,
      printed: `${published} ${new URL(url).host}\nPact successfully published`,
    });
    expect(received).toMatchObject([
      {
        line: "POST /below/contracts/publish",
        authorization: "Bearer broker-token",
        body: {
          pacticipantName: "codegames-merchant",
          pacticipantVersionNumber: "1.2.3",
          branch: "main",
          contracts: [
            {
              consumerName: "codegames-merchant",
              providerName: "codegames-hub",
              specification: "pact",
              contentType: "application/json",
            },
          ],
        },
      },
    ]);
    expect(Buffer.from(received[0]!.body.contracts[0].content, "base64")).toEqual(readFileSync(pactFile));
  });

  test("uses the commit as the version when PACT_VERSION is not set", async () => {
    await run("publish", { PACT_BROKER_BASE_URL: await startBroker(200, {}) });
    expect(received[0]!.body.pacticipantVersionNumber).toMatch(/^[0-9a-f]{40}$/);
  });

  test("fails when the broker refuses the pact, and says why", async () => {
    const url = await startBroker(409, {
      notices: [{ type: "danger", text: "Cannot change the content of the pact" }],
    });
    const { code, printed } = await run("publish", {
      ...version,
      PACT_BROKER_BASE_URL: url,
      PACT_BROKER_USERNAME: "user",
      PACT_BROKER_PASSWORD: "secret",
    });
    const refused = `pact:publish: the broker at ${new URL(url).host} refused the pact: HTTP 409`;
    expect({ code, printed }).toEqual({ code: 1, printed: `${refused}\nCannot change the content of the pact` });
    expect(received[0]!.authorization).toBe(`Basic ${btoa("user:secret")}`);
  });

  test("fails when the answer is not that of a broker", async () => {
    expect(await run("publish", { ...version, PACT_BROKER_BASE_URL: await startBroker(200, "<html>") })).toMatchObject({
      code: 1,
    });
  });
});

describe("pact:can-i-deploy", () => {
  test.each([
    [
      "yes, when all versions are verified",
      200,
      { summary: { deployable: true, reason: "All verified" } },
      0,
      "can be deployed to production: All verified",
    ],
    [
      "no, when a verification failed",
      200,
      { summary: { deployable: false, reason: "One failed" } },
      1,
      "cannot be deployed to production: One failed",
    ],
    [
      "no, when nothing is verified yet",
      200,
      { summary: { deployable: null, reason: "None yet" } },
      1,
      "cannot be deployed to production: None yet",
    ],
    ["no, when the broker does not know", 404, {}, 1, "cannot be deployed to production: HTTP 404 without a reason"],
    [
      "no, when the answer is not that of a broker",
      200,
      "<html>",
      1,
      "cannot be deployed to production: HTTP 200 without a reason",
    ],
  ])("says %s", async (_, status, body, code, printed) => {
    const url = await startBroker(status, body);
    expect(await run("can-i-deploy", { ...version, PACT_BROKER_BASE_URL: url })).toEqual({
      code,
      printed: `pact:can-i-deploy: codegames-merchant 1.2.3 ${printed}`,
    });
    expect(received[0]!.line).toBe(
      "GET /can-i-deploy?pacticipant=codegames-merchant&version=1.2.3&environment=production",
    );
  });

  test("can ask about the other side and another environment", async () => {
    const url = await startBroker(200, { summary: { deployable: true, reason: "All verified" } });
    await run("can-i-deploy", {
      ...version,
      PACT_BROKER_BASE_URL: url,
      PACT_PACTICIPANT: "codegames-hub",
      PACT_ENVIRONMENT: "test",
    });
    expect(received[0]!.line).toBe("GET /can-i-deploy?pacticipant=codegames-hub&version=1.2.3&environment=test");
  });
});
