import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import contract from "@codegames/contract/openapi.json" with { type: "json" };
import { type FaultKind, type Sandbox, startSandbox } from "@codegames/sandbox";
import { afterEach, describe, expect, test, vi } from "vitest";
import { parse } from "yaml";
import { descriptionFile, runRespect, withCopy } from "./respect.ts";

vi.setConfig({ testTimeout: 60_000 });

const inputs = {
  token: "sandbox",
  txn_id: "A-17",
  product_id: 1,
  wrong_price: 1.5,
  unclear_product_id: 1001,
  unclear_unsold_product_id: 1008,
  unknown_product_id: 404,
  out_of_stock_product_id: 2,
  out_of_stock_price: 50_000,
};

/** Every step that must run, in order, with its HTTP status and status. Repeated by hand, on purpose. */
const expected = [
  ["buy", "check", 200, "OK"],
  ["buy", "pay", 200, "OK"],
  ["buy", "status", 200, "OK"],
  ["buyTwice", "check", 200, "OK"],
  ["buyTwice", "pay", 200, "OK"],
  ["buyTwice", "payAgain", 200, "TXN_DUPLICATE"],
  ["buyTwice", "payOtherwise", 200, "TXN_DUPLICATE"],
  ["buyTwice", "status", 200, "OK"],
  ["buyUnclear", "check", 200, "OK"],
  ["buyUnclear", "pay", 500, 500],
  ["buyUnclear", "status", 200, "OK"],
  ["buyUnclearUnsold", "check", 200, "OK"],
  ["buyUnclearUnsold", "pay", 500, 500],
  ["buyUnclearUnsold", "status", 200, "TXN_NOT_FOUND"],
  ["refuseCheck", "checkUnknown", 200, "PRODUCT_NOT_FOUND"],
  ["refuseCheck", "checkOutOfStock", 200, "PRODUCT_OUT_OF_STOCK"],
  ["refuseWrongPrice", "pay", 200, "WRONG_PRICE"],
  ["refuseWrongPrice", "status", 200, "TXN_CANCELED"],
  ["refuseUnknownProduct", "pay", 200, "PRODUCT_NOT_FOUND"],
  ["refuseUnknownProduct", "status", 200, "TXN_CANCELED"],
  ["refuseOutOfStock", "pay", 200, "PRODUCT_OUT_OF_STOCK"],
  ["refuseOutOfStock", "status", 200, "TXN_CANCELED"],
];

let close: (() => unknown)[] = [];
afterEach(async () => {
  for (const each of close) await each();
  close = [];
});

async function openSandbox(options: Parameters<typeof startSandbox>[0] = {}): Promise<Sandbox> {
  const sandbox = await startSandbox(options);
  close.push(() => sandbox.close());
  return sandbox;
}

describe("the workflows of the contract, run by redocly respect against the sandbox", () => {
  test("all run to their last step, and each payment is made once", async () => {
    const sandbox = await openSandbox();
    const { exitCode, steps, requests } = await runRespect(sandbox.url, inputs);
    expect(steps.filter(({ failed }) => failed.length > 0)).toEqual([]);
    expect(steps.map(({ workflow, step, httpStatus, status }) => [workflow, step, httpStatus, status])).toEqual(
      expected,
    );
    expect(exitCode).toBe(0);
    expect(requests).toBe(expected.length);
    expect((await sandbox.ledger()).map(({ txn_id }) => txn_id).toSorted()).toEqual([
      "buy-A-17",
      "twice-A-17",
      "unclear-A-17",
    ]);
  });

  test("repeat status after HTTP 503 and 429 until it decides", async () => {
    const sandbox = await openSandbox();
    for (const kind of ["http-503", "http-429"] as const)
      sandbox.faults.order({ operation: "status", kind, isServed: false, times: 2 });
    const shorten = (text: string) => text.replaceAll("retryAfter: 120", "retryAfter: 0.01");
    const { exitCode, requests } = await withCopy(shorten, (file) =>
      runRespect(sandbox.url, inputs, { file, workflow: "buyUnclear" }),
    );
    expect({ exitCode, requests }).toEqual({ exitCode: 0, requests: 2 + 4 + 1 });
    expect(sandbox.faults.list()).toEqual([]);
  });
});

describe("a wrong provider fails at the step that shows its fault", () => {
  const faults: [
    kind: FaultKind,
    operation: "check" | "pay" | "status",
    workflow: string,
    step: string,
    check: string,
  ][] = [
    ["not-found", "status", "buy", "status", "success criteria check"],
    ["canceled", "status", "buyUnclear", "status", "success criteria check"],
    ["duplicate", "pay", "buy", "pay", "success criteria check"],
    ["wrong-product", "pay", "buy", "pay", "success criteria check"],
    ["wrong-product", "check", "buy", "check", "success criteria check"],
    ["unlisted-status", "check", "buy", "check", "schema check"],
    ["html", "pay", "buy", "pay", "content-type check"],
    ["http-502", "pay", "buyUnclear", "pay", "status code check"],
    ["reset", "pay", "buy", "pay", "failed network request"],
  ];

  test.each(faults)("when it answers %s to %s, in %s", async (kind, operation, workflow, step, check) => {
    const sandbox = await openSandbox();
    sandbox.faults.order({ operation, kind, isServed: true, times: 1 });
    const { exitCode, steps } = await runRespect(sandbox.url, inputs, { workflow });
    const [first, ...others] = steps.filter(({ failed }) => failed.length > 0);
    expect(first).toMatchObject({ workflow, step });
    expect(first?.failed).toContain(check);
    expect(others).toEqual([]);
    expect(exitCode).toBe(1);
  });

  test("when it repeats its first answer to a repeated pay, not TXN_DUPLICATE", async () => {
    const sandbox = await openSandbox({ replay: true });
    const { exitCode, steps } = await runRespect(sandbox.url, inputs, { workflow: "buyTwice" });
    expect(steps.filter(({ failed }) => failed.length > 0)).toMatchObject([{ step: "payAgain", status: "OK" }]);
    expect(exitCode).toBe(1);
  });

  test("when its answer has the values of the workflow, but not the types of the contract", async () => {
    const server = createServer((_, response) => {
      response.setHeader("content-type", "application/json");
      response.end('{"status":"OK","product":{"id":1,"name":"Card","price":"50000","partner_price":45000}}');
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    close.push(() => server.close());
    const { exitCode, steps } = await runRespect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, inputs, {
      workflow: "buy",
    });
    expect(steps[0]).toMatchObject({ step: "check", failed: ["schema check"] });
    expect(exitCode).toBe(1);
  });

  test("when it does not run", async () => {
    const { exitCode, steps } = await runRespect("http://127.0.0.1:1", inputs, { workflow: "buy" });
    expect(steps).toMatchObject([{ step: "check", httpStatus: 0, failed: ["failed network request"] }]);
    expect(exitCode).toBe(1);
  });
});

describe("the workflow description", () => {
  const description = parse(readFileSync(descriptionFile, "utf8")) as {
    info: { version: string };
    workflows: {
      workflowId: string;
      steps: {
        stepId: string;
        operationId: string;
        onFailure?: { type: string; retryAfter: number; retryLimit: number }[];
      }[];
    }[];
  };
  const steps = description.workflows.flatMap(({ workflowId, steps }) =>
    steps.map((step) => ({ workflowId, ...step })),
  );

  test("has the version of the contract", () => {
    expect(description.info.version).toBe(contract.info.version);
  });

  test("has exactly the steps expected above", () => {
    expect(steps.map(({ workflowId, stepId }) => `${workflowId} ${stepId}`)).toEqual(
      expected.map(([workflow, step]) => `${workflow} ${step}`),
    );
  });

  test("retries status as often and as far apart as x-status-queue says, first attempt included", () => {
    const { attempts, periodSeconds } = contract.paths["/status"].post["x-status-queue"];
    const retries = steps.flatMap(({ onFailure = [] }) => onFailure).filter(({ type }) => type === "retry");
    expect(
      retries.map(({ retryAfter, retryLimit }) => ({ attempts: retryLimit + 1, periodSeconds: retryAfter })),
    ).toEqual([
      { attempts, periodSeconds },
      { attempts, periodSeconds },
    ]);
  });

  test("shows every status of every operation", () => {
    const operationOf = (workflow: unknown, step: unknown) =>
      steps.find(({ workflowId, stepId }) => workflowId === workflow && stepId === step)?.operationId;
    const shown = new Set(expected.map(([workflow, step, , status]) => `${operationOf(workflow, step)} ${status}`));
    const listed = (["CheckRefused", "PayRefused", "StatusRefused"] as const).flatMap((name) =>
      contract.components.schemas[`${name}Status`].enum.map(
        (status) => `${name.replace("Refused", "").toLowerCase()} ${status}`,
      ),
    );
    expect(listed.filter((each) => !shown.has(each))).toEqual([]);
  });
});
