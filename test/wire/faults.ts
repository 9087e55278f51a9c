import { bodyFaults } from "./body-faults.ts";
import { connectionFaults } from "./connection-faults.ts";
import { framingFaults } from "./framing-faults.ts";
import { headFaults } from "./head-faults.ts";
import type { WireCase } from "./wire-case.ts";

/** Every fault of the wire. */
export const faults: WireCase[] = [...connectionFaults, ...framingFaults, ...headFaults, ...bodyFaults];
