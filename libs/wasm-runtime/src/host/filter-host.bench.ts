import type { BatchRecords } from "../instance/batch-records.js";
import { type CheckedModule, checkModule } from "../module/check-module.js";
import { FILTER_PROFILE } from "../module/module-profile.js";
import { checkedLab } from "../spec-support/lab-host.js";
import { Act } from "../spec-support/lab-module.js";
import { labBatch, record } from "../spec-support/lab-records.js";
import {
  OPTION_BYTES,
  OPTION_TEMPLATE,
  PRICE_SCALE_AT,
  STRIKE_AT,
  strikeModule,
} from "../spec-support/strike-module.js";
import { FilterHost } from "./filter-host.js";

export interface HostFigures {
  readonly recordsPerBatch: number;
  /** Through the worker and back, per second of wall time. */
  readonly recordsPerSecond: number;
  /** Microseconds from handing over one batch to its outcome, with nothing else under way. */
  readonly roundTripMicros: number;
}

export interface SwapFigures {
  /** Whether the modules have a state, which the new one takes up. */
  readonly hasState: boolean;
  /** Whether batches are handed over all the time. */
  readonly underLoad: boolean;
  readonly swaps: number;
  /** From the call to the take-over: thread, compiling, warming, state. Milliseconds, median. */
  readonly totalMillis: number;
  /** In which no batch was begun, milliseconds: median and 99 of 100. */
  readonly pauseMillis: number;
  readonly pauseMillisP99: number;
  readonly batches: number;
  /** Records whose outcome is missing; has to be 0. */
  readonly lost: number;
}

const IN_FLIGHT = 4;
const ROUND_TRIPS = 200;

/** Options of 272 octets through a host, about half of which pass. */
export async function benchHost(recordCount: number): Promise<HostFigures[]> {
  const figures: HostFigures[] = [];
  for (const recordsPerBatch of [16, 128, 1024]) {
    const host = await startHost();
    const batch = optionBatch(recordsPerBatch);
    await handOver(host, batch, Math.ceil(recordCount / recordsPerBatch / 4));
    const batches = Math.ceil(recordCount / recordsPerBatch);
    const startedAt = performance.now();
    await handOver(host, batch, batches);
    const millis = performance.now() - startedAt;
    const tripsFrom = performance.now();
    for (let trip = 0; trip < ROUND_TRIPS; trip++) (await host.run(batch, 0)).release();
    figures.push({
      recordsPerBatch,
      recordsPerSecond: Math.round((batches * recordsPerBatch * 1000) / millis),
      roundTripMicros: Math.round(((performance.now() - tripsFrom) * 1000) / ROUND_TRIPS),
    });
    await host.close();
  }
  return figures;
}

/** Modules in turn, without and with a state, without and with batches under way. */
export async function benchSwap(swapCount: number): Promise<SwapFigures[]> {
  const figures: SwapFigures[] = [];
  for (const hasState of [false, true]) {
    for (const underLoad of [false, true]) figures.push(await swapFigures(swapCount, hasState, underLoad));
  }
  return figures;
}

async function swapFigures(swaps: number, hasState: boolean, underLoad: boolean): Promise<SwapFigures> {
  const newModule = hasState ? checkedLab : checkedStrike;
  const host = await startHost(newModule());
  const pass = record(Act.Pass);
  const batch = hasState ? labBatch(new Array(1024).fill(pass)) : optionBatch(1024);
  (await host.run(batch, 0)).release();
  let isOver = false;
  const load = async () => {
    let batches = 0;
    while (!isOver) batches += await handOver(host, batch, IN_FLIGHT);
    return batches;
  };
  const loads = underLoad ? load() : Promise.resolve(0);
  const totals: number[] = [];
  const pauses: number[] = [];
  for (let swap = 0; swap < swaps; swap++) {
    const startedAt = performance.now();
    const { pauseMillis } = await host.swap(newModule());
    totals.push(performance.now() - startedAt);
    pauses.push(pauseMillis);
  }
  isOver = true;
  const batches = await loads;
  const { recordsIn } = host.metrics();
  await host.close();
  return {
    hasState,
    underLoad,
    swaps,
    totalMillis: quantile(totals, 0.5),
    pauseMillis: quantile(pauses, 0.5),
    pauseMillisP99: quantile(pauses, 0.99),
    batches,
    lost: (batches + 1) * 1024 - recordsIn,
  };
}

function checkedStrike(): CheckedModule {
  return checkModule(strikeModule(), FILTER_PROFILE);
}

function startHost(module = checkedStrike()): Promise<FilterHost> {
  return FilterHost.start({ module, batchesInFlight: IN_FLIGHT });
}

/** Several at a time. @returns how many had an outcome */
async function handOver(host: FilterHost, batch: BatchRecords, count: number): Promise<number> {
  let left = count;
  let done = 0;
  const lane = async () => {
    while (left-- > 0) {
      (await host.run(batch, 0)).release();
      done++;
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT * 2 }, lane));
  return done;
}

function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((left, right) => left - right);
  const value = sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))]!;
  return Math.round(value * 100) / 100;
}

function optionBatch(count: number) {
  const bytes = new Uint8Array(count * OPTION_BYTES);
  const view = new DataView(bytes.buffer);
  let state = 1;
  for (let index = 0; index < count; index++) {
    const at = index * OPTION_BYTES;
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    view.setUint16(at, OPTION_BYTES - 8, true);
    view.setUint16(at + 2, OPTION_TEMPLATE, true);
    view.setUint8(at + PRICE_SCALE_AT, 2);
    view.setBigInt64(at + STRIKE_AT, BigInt(state % 17_000), true);
  }
  return {
    bytes,
    offsets: Uint32Array.from({ length: count }, (_, index) => index * OPTION_BYTES),
    lengths: new Uint32Array(count).fill(OPTION_BYTES),
    count,
  };
}
