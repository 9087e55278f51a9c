import { operations } from "@codegames/contract";
import type { TableMaker } from "./table-maker.ts";

const { attempts, periodSeconds } = operations.status.statusQueue;

/** How often the contract asks `status`, such as "100". */
export const printAttempts: TableMaker = () => String(attempts);

/** The time between two calls of `status`, such as "2 minutes". */
export const printPeriod: TableMaker = ({ language }) =>
  new Intl.NumberFormat(language, { style: "unit", unit: "minute", unitDisplay: "long" }).format(periodSeconds / 60);
