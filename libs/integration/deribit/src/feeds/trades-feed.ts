import { GapReason, RecordFlags } from "@ims/common";
import {
  createTradeFields,
  type Literal,
  type MissedTrades,
  type OpenFeed,
  TradeRecovery,
  Unusable,
} from "@ims/integration-kit";
import type { IntegrationContext } from "@ims/traits";
import { nameLiteral } from "../decode/trades-walker.js";
import type { Walkers } from "../decode/walkers.js";
import { exactObject } from "../json/exact-json.js";
import type { DeribitRequests } from "../rpc/deribit-requests.js";
import type { DeribitFeed, FeedParts } from "./deribit-feed.js";
import { readTrade } from "./trade-row.js";

/** Most trades that one request gives. */
const PAGE = 1000;

/** The trades of one instrument. `trade_seq` has no holes: what is missing is known, and read over HTTP. */
export class TradesFeed implements DeribitFeed {
  readonly #feed: OpenFeed;
  readonly #context: IntegrationContext;
  readonly #requests: DeribitRequests;
  readonly #name: Literal;
  readonly #trade = createTradeFields();
  readonly #missed = createTradeFields();
  readonly #recovery: TradeRecovery;

  constructor({ context, feed }: FeedParts, requests: DeribitRequests) {
    this.#feed = feed;
    this.#context = context;
    this.#requests = requests;
    this.#name = nameLiteral(feed.instrument.symbol);
    this.#recovery = new TradeRecovery({
      ...context,
      symbol: feed.instrument.symbol,
      instrumentId: feed.instrumentId,
      gapSink: context.sink,
      isShared: () => false,
      read: (missed, signal) => this.#readMissed(missed, signal),
    });
    this.#recovery.sequencer.resumeFrom(context.lastTradeId?.(feed.instrument.symbol) ?? 0);
  }

  /** The largest `trade_seq` that was seen, 0 before the first. */
  get lastSeq(): number {
    return this.#recovery.sequencer.largestId;
  }

  /** A batch: one bad trade does not cost the others, its number is missed and asked for. */
  read(data: unknown, receiveMicros: number): void {
    if (!Array.isArray(data)) throw new Unusable("unexpected", "the data of trades is no list");
    for (const row of data as unknown[]) {
      try {
        readTrade(exactObject(row) ?? {}, this.#feed, receiveMicros, this.#trade);
      } catch (error) {
        if (!(error instanceof Unusable)) throw error;
        const { symbol } = this.#feed.instrument;
        this.#context.sink.rejected({ reason: error.reason, detail: error.message, symbol });
        continue;
      }
      this.#feed.seen(receiveMicros);
      this.#recovery.sequencer.offer(this.#trade);
    }
  }

  walk({ frame, trades }: Walkers, start: number, receiveMicros: number): number {
    return trades.walk(frame, start, this.#feed, this.#name, receiveMicros);
  }

  walked({ trades }: Walkers, receiveMicros: number): void {
    for (let index = 0; index < trades.count; index++) {
      this.#feed.seen(receiveMicros);
      this.#recovery.sequencer.offer(trades.trades[index]!);
    }
  }

  interrupted(): void {
    this.#recovery.interrupted(GapReason.ConnectionLost);
  }

  check(nowMillis: number): void {
    this.#recovery.check(nowMillis);
  }

  close(): Promise<void> {
    return this.#recovery.close();
  }

  async #readMissed({ from, offer, to }: MissedTrades, signal: AbortSignal): Promise<number> {
    const { symbol } = this.#feed.instrument;
    const rows = await this.#requests.trades(symbol, from, Math.min(to, from + PAGE - 1), signal);
    const receiveMicros = this.#context.clock.nowMicros();
    let newest = 0;
    for (const row of rows) {
      try {
        readTrade(row, this.#feed, receiveMicros, this.#missed);
      } catch (error) {
        if (!(error instanceof Unusable)) throw error;
        this.#context.sink.rejected({ reason: error.reason, detail: error.message, symbol });
        continue;
      }
      this.#missed.flags = RecordFlags.BackFilled;
      newest = Math.max(newest, this.#missed.tradeId);
      offer(this.#missed);
    }
    return newest;
  }
}
