import { randomUUID } from "node:crypto";
import { Agent } from "node:http";
import { setTimeout } from "node:timers/promises";
import { type Call, call } from "./call.ts";

/** A pay, and how it ended for the merchant. */
export interface Pay extends Call {
  txnId: string;
}

/** The merchants' side: pays without a pause, on connections that are kept and on new ones. */
export class Load {
  readonly pays: Pay[] = [];
  /** How many pays have no answer yet. */
  underWay = 0;
  #isOver = false;
  readonly #workers: Promise<void>[] = [];
  readonly #port: number;

  constructor(port: number) {
    this.#port = port;
  }

  start(kept: number, fresh: number): void {
    for (let count = 0; count < kept; count++)
      this.#workers.push(this.#work(new Agent({ keepAlive: true, maxSockets: 1 })));
    for (let count = 0; count < fresh; count++) this.#workers.push(this.#work(new Agent({ keepAlive: false })));
  }

  /** Lets the last pays end. */
  async stop(): Promise<void> {
    this.#isOver = true;
    await Promise.all(this.#workers);
  }

  async #work(agent: Agent): Promise<void> {
    while (!this.#isOver) {
      // Idle for a moment, so that the end meets connections in every state.
      await setTimeout(Math.random() * 10);
      const pay = await this.#pay(agent);
      if (pay.outcome === "not-sent") await setTimeout(50);
    }
    agent.destroy();
  }

  async #pay(agent: Agent): Promise<Pay> {
    this.underWay++;
    const pay = await payOnce(this.#port, "/pay", agent);
    this.underWay--;
    this.pays.push(pay);
    return pay;
  }
}

/** Pays for a card under a new id. */
export async function payOnce(port: number, path: string, agent: Agent): Promise<Pay> {
  const txnId = randomUUID();
  const body = JSON.stringify({ product_id: 1, price: 50_000, txn_id: txnId });
  return { txnId, ...(await call(port, path, body, agent)) };
}
