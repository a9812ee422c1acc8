import { fileURLToPath } from "node:url";
import { v2 } from "@ims/sbe";
import type { RecordOutput } from "@ims/traits";
import { readPlan } from "../plan/average-plan.js";
import { seededRandom } from "../spec-support/random-trades.js";
import { tradeValues } from "../spec-support/trades.js";
import { AverageEngine } from "./average-engine.js";
import { snapshotEngine } from "./engine-state.js";

export interface AggregationFigures {
  readonly plan: string;
  /** Per second of processor time, decoding of the stored bytes included. */
  readonly tradesPerSecond: number;
  readonly messages: number;
  /** Octets of JavaScript heap per trade. */
  readonly allocatedBytes: number;
  readonly stateKibibytes: number;
}

const RECORDS = 1 << 16;
const BYTES = v2.TradeEncoder.ENCODED_LENGTH;
/** Event time between two trades: 100,000 a second. */
const STEP_MICROS = 10;

/** Trades of so many symbols as they are stored, through the engine; messages are written to one place again and again. */
export function benchAggregation(tradeCount: number, rounds = 6, symbols = 1000): AggregationFigures[] {
  const frames = storedTrades(symbols);
  return [
    { windows: ["1m"], halfLives: [] },
    { windows: ["1s", "10s", "1m"], halfLives: [] },
    { windows: ["1s", "10s", "1m"], halfLives: ["20t", "30s"] },
  ].map((text) => figures(text, frames, tradeCount, rounds));
}

function storedTrades(symbols: number): DataView {
  const random = seededRandom(1);
  const view = new DataView(new ArrayBuffer(RECORDS * BYTES));
  for (let index = 0; index < RECORDS; index++) {
    const number = Math.floor(random() * symbols);
    const values = tradeValues({
      symbol: `SYM${number}USDT`,
      instrumentId: number,
      micros: 1_700_000_000_000_000,
      price: BigInt(1_000_000 + number * 5000 + Math.floor(random() * 100)),
      quantity: BigInt(1 + Math.floor(random() ** 4 * 1e9)),
      quantityScale: 8,
    });
    v2.TradeEncoder.encode(view, index * BYTES, values);
  }
  return view;
}

function figures(
  text: { readonly windows: readonly string[]; readonly halfLives: readonly string[] },
  frames: DataView,
  tradeCount: number,
  rounds: number,
): AggregationFigures {
  const plan = readPlan({
    ...text,
    lateness: "500ms",
    revisableWindows: 2,
    emptyWindows: false,
    extraDigits: 4,
  });
  const engine = new AverageEngine(plan);
  const output = new OnePlace();
  const values = new v2.TradeValues();
  let micros = 1_700_000_000_000_000;
  let tradesPerSecond = 0;
  let allocatedBytes = Number.POSITIVE_INFINITY;
  for (let round = 0; round < rounds; round++) {
    const heapBefore = process.memoryUsage().heapUsed;
    const before = process.cpuUsage();
    for (let index = 0; index < tradeCount; index++) {
      v2.TradeDecoder.decode(frames, (index & (RECORDS - 1)) * BYTES, BYTES, values);
      micros += STEP_MICROS;
      values.eventTimeNumber = micros;
      values.receiveTimeNumber = micros + 500;
      engine.take(values, output);
    }
    const { user, system } = process.cpuUsage(before);
    const grown = process.memoryUsage().heapUsed - heapBefore;
    if (round === 0 && rounds > 1) continue;
    tradesPerSecond = Math.max(tradesPerSecond, Math.round((tradeCount * 1e6) / (user + system)));
    // A collection within the round makes it shrink; such a round says nothing.
    if (grown >= 0) allocatedBytes = Math.min(allocatedBytes, Math.round(grown / tradeCount));
  }
  const name = [...text.windows, ...text.halfLives].join(" ");
  const stateKibibytes = Math.round(snapshotEngine(engine).length / 1024);
  return { plan: name, tradesPerSecond, messages: output.count, allocatedBytes, stateKibibytes };
}

class OnePlace implements RecordOutput {
  readonly accepting = true;
  readonly bytes = new Uint8Array(512);
  readonly view = new DataView(this.bytes.buffer);
  count = 0;

  async whenAccepting(): Promise<void> {}

  reserve(): number {
    return 8;
  }

  commit(): void {
    this.count++;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  console.table(benchAggregation(1_000_000, 6, Number(process.argv[2] ?? 1000)));
}
