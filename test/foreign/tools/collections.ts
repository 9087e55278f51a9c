import { readFileSync } from "node:fs";
import { join } from "node:path";
import { contractFile, type ForeignTool, type Seen } from "../foreign-tool.ts";
import { token } from "../hub.ts";
import { install, Workshop } from "../workshop.ts";

/** An answer by the name of the request in the collection. */
type Answer = [request: string, httpStatus: number, body: { status?: string }];

interface NewmanReport {
  run: { executions: { item: { name: string }; response: { code: number; stream: { data: number[] } } }[] };
}

interface BrunoReport {
  results: { name: string; response: { status: number; data: { status?: string } } }[];
}

const newman: ForeignTool = {
  id: "postman",
  packages: ["openapi-to-postmanv2", "newman"],
  isQuick: false,
  async look({ url }) {
    const packages = await install("collections");
    const workshop = new Workshop(this.id, packages);
    workshop.copy("postman.cjs");
    await workshop.node("postman.cjs", [contractFile]);
    await workshop.node(join(packages, "node_modules/newman/bin/newman.js"), [
      "run",
      "collection.json",
      "--iteration-count",
      "2",
      "--env-var",
      `partner_url=${url}`,
      "--env-var",
      `bearerToken=${token}`,
      "--reporters",
      "json",
      "--reporter-json-export",
      "report.json",
    ]);
    const { run } = JSON.parse(readFileSync(workshop.path("report.json"), "utf8")) as NewmanReport;
    return seenOf(
      run.executions.map(({ item, response: { code, stream } }) => [
        item.name,
        code,
        JSON.parse(Buffer.from(stream.data).toString()) as { status?: string },
      ]),
    );
  },
};

const bruno: ForeignTool = {
  id: "bruno",
  packages: ["@usebruno/cli"],
  isQuick: false,
  async look({ url }) {
    const packages = await install("collections");
    const workshop = new Workshop(this.id, packages);
    const command = join(packages, "node_modules/@usebruno/cli/bin/bru.js");
    const format = ["--collection-name", "hub", "--collection-format", "bru"];
    await workshop.node(command, ["import", "openapi", "--source", contractFile, "--output", ".", ...format]);
    const variables = ["--env-var", `partner_url=${url}`, "--env-var", `token=${token}`];
    const answers: Answer[] = [];
    for (const report of ["first.json", "second.json"]) {
      const args = ["run", "-r", "--env", "Provider", ...variables, "--reporter-json", join("..", report)];
      await workshop.run(process.execPath, ["--no-warnings", command, ...args], {}, "hub");
      const [run] = JSON.parse(readFileSync(workshop.path(report), "utf8")) as BrunoReport[];
      for (const { name, response } of run?.results ?? []) answers.push([name, response.status, response.data]);
    }
    return seenOf(answers);
  },
};

/** The second run sends the same requests again, so its pay is the repeat. */
function seenOf(answers: readonly Answer[]): Seen {
  const spell = (request: string, index: number) => {
    const [, httpStatus, body] = answers.filter(([name]) => name.endsWith(request))[index] ?? [];
    return httpStatus === 200 ? String(body?.status) : `HTTP ${httpStatus}`;
  };
  return {
    check: spell("Check a product", 0),
    pay: spell("Buy a product", 0),
    repeat: spell("Buy a product", 1),
    status: spell("Ask for the outcome of a payment", 1),
  };
}

/** Importers of requests: they buy with nothing edited but the address and the token. */
export const collections = [newman, bruno];
