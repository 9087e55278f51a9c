import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, test } from "vitest";
import { pactFile } from "./pact-file.ts";

/** What a broker was asked, and what it answers. */
const asked: { line: string; authorization: string | undefined; body: any }[] = [];
let close = () => {};
afterEach(() => {
  close();
  asked.length = 0;
});

async function startBroker(status: number, body: object | string): Promise<string> {
  const server = createServer(async (request: IncomingMessage, response) => {
    const { method, url, headers } = request;
    asked.push({ line: `${method} ${url}`, authorization: headers.authorization, body: method === "POST" ? await json(request) : undefined });
    response.writeHead(status, { "content-type": "application/hal+json" }).end(typeof body === "string" ? body : JSON.stringify(body));
  });
  close = () => {
    server.closeAllConnections();
    server.close();
  };
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** The command as npm runs it; `env`: all that it knows of a broker. */
function run(command: string, env: Record<string, string>): Promise<{ code: number; said: string }> {
  const rest = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("PACT_")));
  return new Promise((resolve) => {
    const main = fileURLToPath(new URL("broker-main.ts", import.meta.url));
    execFile(process.execPath, [main, command], { env: { ...rest, ...env } }, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code) : 0, said: `${stdout}${stderr}`.trim() }),
    );
  });
}

const version = { PACT_VERSION: "1.2.3", PACT_BRANCH: "main" };

describe("without a broker", () => {
  test.each(["publish", "can-i-deploy"])("pact:%s says that it is skipped, and is content", async (command) => {
    expect(await run(command, {})).toEqual({ code: 0, said: `pact:${command}: skipped, PACT_BROKER_BASE_URL is not set` });
  });

  test("a wrong command, URL or port is an error", async () => {
    expect(await run("deploy", {})).toEqual({ code: 2, said: 'pact: there is no command "deploy"; allowed: publish, can-i-deploy' });
    expect(await run("publish", { PACT_BROKER_BASE_URL: "broker" })).toEqual({ code: 1, said: 'pact:publish: PACT_BROKER_BASE_URL must be a URL, is "broker"' });
    const url = await startBroker(200, {});
    close();
    expect(await run("publish", { ...version, PACT_BROKER_BASE_URL: url })).toMatchObject({ code: 1, said: expect.stringContaining("ECONNREFUSED") });
  });
});

describe("pact:publish", () => {
  test("sends the committed pact, byte for byte", async () => {
    const url = await startBroker(200, { notices: [{ type: "info", text: "Pact successfully published" }] });
    const { code, said } = await run("publish", { ...version, PACT_BROKER_BASE_URL: `${url}/below`, PACT_BROKER_TOKEN: "broker-token" });
    expect({ code, said }).toEqual({ code: 0, said: `pact:publish: codegames-merchant 1.2.3 is published to ${new URL(url).host}\nPact successfully published` });
    expect(asked).toMatchObject([{
      line: "POST /below/contracts/publish", authorization: "Bearer broker-token",
      body: { pacticipantName: "codegames-merchant", pacticipantVersionNumber: "1.2.3", branch: "main", contracts: [{ consumerName: "codegames-merchant", providerName: "codegames-hub", specification: "pact", contentType: "application/json" }] },
    }]);
    expect(Buffer.from(asked[0]!.body.contracts[0].content, "base64")).toEqual(readFileSync(pactFile));
  });

  test("names the commit when it is not told a version", async () => {
    await run("publish", { PACT_BROKER_BASE_URL: await startBroker(200, {}) });
    expect(asked[0]!.body.pacticipantVersionNumber).toMatch(/^[0-9a-f]{40}$/);
  });

  test("fails when the broker refuses the pact, and tells why", async () => {
    const url = await startBroker(409, { notices: [{ type: "danger", text: "Cannot change the content of the pact" }] });
    const { code, said } = await run("publish", { ...version, PACT_BROKER_BASE_URL: url, PACT_BROKER_USERNAME: "user", PACT_BROKER_PASSWORD: "secret" });
    expect({ code, said }).toEqual({ code: 1, said: `pact:publish: the broker at ${new URL(url).host} did not take the pact: HTTP 409\nCannot change the content of the pact` });
    expect(asked[0]!.authorization).toBe(`Basic ${btoa("user:secret")}`);
  });

  test("fails when something else than a broker answers", async () => {
    expect(await run("publish", { ...version, PACT_BROKER_BASE_URL: await startBroker(200, "<html>") })).toMatchObject({ code: 1 });
  });
});

describe("pact:can-i-deploy", () => {
  test.each([
    ["yes, when all is verified", 200, { summary: { deployable: true, reason: "All verified" } }, 0, "can be deployed to production: All verified"],
    ["no, when a verification failed", 200, { summary: { deployable: false, reason: "One failed" } }, 1, "cannot be deployed to production: One failed"],
    ["no, when nothing is verified yet", 200, { summary: { deployable: null, reason: "None yet" } }, 1, "cannot be deployed to production: None yet"],
    ["no, when the broker does not know", 404, {}, 1, "cannot be deployed to production: HTTP 404 without a reason"],
    ["no, when something else than a broker answers", 200, "<html>", 1, "cannot be deployed to production: HTTP 200 without a reason"],
  ])("says %s", async (_, status, body, code, said) => {
    const url = await startBroker(status, body);
    expect(await run("can-i-deploy", { ...version, PACT_BROKER_BASE_URL: url })).toEqual({ code, said: `pact:can-i-deploy: codegames-merchant 1.2.3 ${said}` });
    expect(asked[0]!.line).toBe("GET /can-i-deploy?pacticipant=codegames-merchant&version=1.2.3&environment=production");
  });

  test("asks for the other side and another environment too", async () => {
    const url = await startBroker(200, { summary: { deployable: true, reason: "All verified" } });
    await run("can-i-deploy", { ...version, PACT_BROKER_BASE_URL: url, PACT_PACTICIPANT: "codegames-hub", PACT_ENVIRONMENT: "test" });
    expect(asked[0]!.line).toBe("GET /can-i-deploy?pacticipant=codegames-hub&version=1.2.3&environment=test");
  });
});
