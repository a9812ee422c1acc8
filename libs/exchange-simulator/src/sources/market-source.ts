import type { TimeUnit } from "../binance/frames/time-text.js";
import type { SimulatedInstrument } from "../binance/markets/instrument.js";
import type { SymbolTruth } from "../binance/simulator.js";
import type { Bar } from "./synthetic/bar.js";
import type { TakerOrder } from "./synthetic/taker-order.js";
import type { HistoryStart } from "./synthetic/trade-history.js";

/** A recorded frame, in the bytes it was recorded in. */
export interface RecordedFrame {
  readonly stream: string;
  /** What a raw connection gets. */
  readonly payload: Uint8Array;
  /** What a combined connection gets; absent if the recording is raw, then it is wrapped on the way out. */
  readonly combined: Uint8Array | undefined;
}

/** Where a source puts its frames: the market's WebSocket subscribers. */
export interface StreamPublisher {
  /** False saves the work of printing a frame. */
  hasSubscribers(stream: string): boolean;
  /** Sends a payload to all subscribers; `print` is called at most once per time unit. */
  publish(stream: string, print: (unit: TimeUnit) => string): void;
  /** Sends a recorded frame. A promise means: wait for it before the next, a subscriber reads slowly. */
  publishRecorded(frame: RecordedFrame): Promise<void> | undefined;
  /** Resolves when everything sent was handed to the system. */
  flushed(): Promise<void>;
}

export interface KlineQuery {
  readonly interval: string;
  readonly limit: number;
  readonly startMillis: number | undefined;
  readonly endMillis: number | undefined;
}

export interface KlineRow {
  readonly bar: Bar;
  /** Last millisecond of the bar. */
  readonly closeMillis: number;
}

/** What a simulated market trades, and what it knows about the past. */
export interface MarketSource {
  readonly instruments: readonly SimulatedInstrument[];
  /** First instant that REST knows anything about, milliseconds. */
  readonly listedMillis: number;
  readonly seed: number | undefined;
  /** A body to serve for exchangeInfo as it is. */
  readonly exchangeInfoBody: string | undefined;
  readonly finished: Promise<void>;
  /** Begins to trade, or to wait for subscribers. */
  start(publisher: StreamPublisher): void;
  /** The first subscriber of a stream came (true) or the last one went (false). */
  streamWanted(stream: string, wanted: boolean): void;
  klines(symbol: string, query: KlineQuery): readonly KlineRow[];
  /** Past orders from a start on, each read into `order`, until `visit` returns false. */
  visitOrders(symbol: string, start: HistoryStart, order: TakerOrder, visit: () => boolean): void;
  /** Last trade and aggregate id given out, for "the most recent"; undefined before the first trade. */
  lastIds(symbol: string): { readonly tradeId: number; readonly aggregateId: number } | undefined;
  truth(symbol: string, range?: { readonly fromTradeId: number; readonly toTradeId: number }): SymbolTruth;
  close(): Promise<void>;
}
