import { fail } from "./errors.js";

/** Octets of a page of a module's memory. */
export const PAGE_BYTES = 65_536;

/** Octets of the longest record that a module may give back. */
export const RECORD_BYTES_MAX = 65_536;

/** Octets of the header that every record begins with. */
export const RECORD_HEADER_BYTES = 8;

/** What a module may use. All have defaults. */
export interface FilterLimits {
  /** Octets of the binary, 8 to 8 MiB. */
  readonly moduleBytes: number;
  /** Pages of 64 KiB of its memory, 1 to 65,536. */
  readonly memoryPages: number;
  /** Elements of each of its tables, 0 to 10,000,000. */
  readonly tableElements: number;
  /** Records of a batch, 1 to 1,048,576. */
  readonly batchRecords: number;
  /** Octets of a batch from its first record to the end of its last, 1 to 64 MiB. */
  readonly batchBytes: number;
  /** Octets of rewritten and emitted records, and 16 more for each emitted one: so many for each octet of input ... */
  readonly outputFactor: number;
  /** ... and so many besides. */
  readonly outputBytes: number;
  /** Octets of a state, 0 to 64 MiB. */
  readonly stateBytes: number;
  /** Lines of log in any second, 0 to 10,000; more are counted and left out. */
  readonly logLinesPerSecond: number;
}

/** Those that are looked at before a module is compiled. */
export type ModuleLimits = Pick<FilterLimits, "moduleBytes" | "memoryPages" | "tableElements">;

export const FILTER_LIMITS: FilterLimits = {
  moduleBytes: 8 << 20,
  memoryPages: 256,
  tableElements: 10_000,
  batchRecords: 65_536,
  batchBytes: 8 << 20,
  outputFactor: 4,
  outputBytes: 65_536,
  stateBytes: 4 << 20,
  logLinesPerSecond: 10,
};

const RANGES: Readonly<Record<keyof FilterLimits, readonly [number, number]>> = {
  moduleBytes: [8, 8 << 20],
  memoryPages: [1, 65_536],
  tableElements: [0, 10_000_000],
  batchRecords: [1, 1 << 20],
  batchBytes: [1, 64 << 20],
  outputFactor: [0, 64],
  outputBytes: [0, 64 << 20],
  stateBytes: [0, 64 << 20],
  logLinesPerSecond: [0, 10_000],
};

/**
 * The limits with defaults for what is not given.
 * @throws ImsError `wasm.bad-limits`
 */
export function resolveLimits(given: Partial<FilterLimits> = {}): FilterLimits {
  const limits: { -readonly [Name in keyof FilterLimits]: number } = { ...FILTER_LIMITS };
  for (const name of Object.keys(RANGES) as (keyof FilterLimits)[]) {
    const value = given[name] ?? FILTER_LIMITS[name];
    limits[name] = requireWhole(name, value, ...RANGES[name]);
  }
  return limits;
}

/** @throws ImsError `wasm.bad-limits` for anything but a whole number of the range */
export function requireWhole(name: string, value: number, least: number, most: number): number {
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw fail("wasm.bad-limits", `the limit ${name} is ${value}, but goes from ${least} to ${most}`);
}

/** Octets of output that a batch of so many octets of records may have. */
export function outputBytesMax(limits: FilterLimits, inputBytes: number): number {
  return inputBytes * limits.outputFactor + limits.outputBytes;
}
