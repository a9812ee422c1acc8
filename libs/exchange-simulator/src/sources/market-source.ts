import type { TimeUnit } from "../binance/frames/time-text.js";
import type { SimulatedInstrument } from "../binance/markets/instrument.js";
import type { SymbolTruth, TradeTruth } from "../binance/simulator.js";
import type { Bar } from "./synthetic/bar.js";
import type { DayTicker } from "./synthetic/day-window.js";
import type { BookAt, HistoryStart } from "./synthetic/event-history.js";
import type { MarkPrice } from "./synthetic/mark-price.js";
import type { MarketEvent } from "./synthetic/market-event.js";
import type { Intervention } from "./synthetic/matching-walk.js";
import type { OrderBook } from "./synthetic/order-book.js";

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
  /** Subscribed streams whose names begin so. */
  subscribed(prefix: string): string[];
  /**
   * Sends a payload to all subscribers; `print` is called at most once per time unit. The ids are those the payload
   * stands for (trade, aggregate or update ids, the opening time of a bar); 0 where it has none.
   */
  publish(stream: string, print: (unit: TimeUnit) => string, firstId?: number, lastId?: number): void;
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

/** A book as it is now. */
export interface BookView {
  readonly book: OrderBook;
  readonly updateId: number;
  /** When it last changed, or the start. */
  readonly eventMicros: number;
}

/** What a simulated market trades, and what it knows about the past. */
export interface MarketSource {
  readonly instruments: readonly SimulatedInstrument[];
  instrument(symbol: string): SimulatedInstrument | undefined;
  onboardMillis(symbol: string): number;
  /** First instant that REST knows anything about, milliseconds. */
  readonly listedMillis: number;
  readonly seed: number | undefined;
  /** The streams that a recording holds; empty for a made-up market, which has them all. */
  readonly recordedStreams: readonly string[];
  /** A body to serve for exchangeInfo as it is. */
  readonly exchangeInfoBody: string | undefined;
  readonly finished: Promise<void>;
  /** Begins to trade, or to wait for subscribers. */
  start(publisher: StreamPublisher): void;
  /** The first subscriber of a stream came (true) or the last one went (false). */
  streamWanted(stream: string, wanted: boolean): void;
  klines(symbol: string, query: KlineQuery): readonly KlineRow[];
  /** Past orders from a start on, each read into `event`, until `visit` returns false. */
  visitOrders(symbol: string, start: HistoryStart, event: MarketEvent, visit: () => boolean): void;
  /** Last trade and aggregate id given out, for "the most recent"; undefined before the first trade. */
  lastIds(symbol: string): { readonly tradeId: number; readonly aggregateId: number } | undefined;
  book(symbol: string): BookView | undefined;
  bookAt(symbol: string, updateId: number): BookAt | undefined;
  /** The book as it was so many update ids ago, or as far back as it is known. */
  bookAgo(symbol: string, updates: number): BookAt | undefined;
  ticker(symbol: string): DayTicker | undefined;
  mark(symbol: string): MarkPrice | undefined;
  /** A REST body that was recorded for this path (without the market's prefix) and symbol. */
  recordedBody(path: string, symbol: string): string | undefined;
  /** @throws ImsError `simulator.unknown-symbol` */
  intervene(symbol: string, intervention: Intervention): void;
  /** Lists a symbol or gives it another status; undefined takes it off the list. */
  setStatus(symbol: string, status: string | undefined): void;
  /** Every trade of an inclusive range of ids. */
  tradeTruth(symbol: string, fromTradeId: number, toTradeId: number): TradeTruth[];
  truth(symbol: string, range?: { readonly fromTradeId: number; readonly toTradeId: number }): SymbolTruth;
  close(): Promise<void>;
}
