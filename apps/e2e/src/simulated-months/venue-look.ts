import { DataType, dataTypeName, FeedState } from "@ims/common";
import type { InProcessVenue } from "@ims/exchange-simulator";
import type { CheckingSink } from "./checking-sink.js";
import type { RunReport } from "./report.js";
import type { SkippingClock } from "./skipping-clock.js";
import type { Wanted } from "./subscriber.js";
import type { VenueLine } from "./venue-line.js";

/** After a request failed, streams may be checked so much later: the venue's pauses and our own grow to minutes. */
const REST_TROUBLE_MILLIS = 900_000;
const EXCUSED_MILLIS = 300_000;

interface Seen {
  lastTradeId: number;
  atMillis: number;
}

/** Compares what came with what the venue did, at times of the run's choosing. */
export class VenueLook {
  readonly #seen = new Map<string, Seen>();

  constructor(
    private readonly sink: CheckingSink,
    private readonly venue: InProcessVenue,
    private readonly clock: SkippingClock,
    private readonly line: VenueLine,
    private readonly report: RunReport,
  ) {}

  /** Whether any subscription is silent that should not be. */
  feeds(): void {
    const nowMillis = this.clock.monotonicMillis();
    const excusedMillis = nowMillis - this.line.lastTroubleMillis < REST_TROUBLE_MILLIS ? EXCUSED_MILLIS : 0;
    const listed = this.#listed();
    for (const { feeds, symbol } of this.sink.symbols) {
      const traded = listed.has(symbol) ? this.#tradedSince(symbol, nowMillis) : undefined;
      for (const feed of feeds.values()) {
        if (!this.sink.accepting) feed.held();
        else if (feed.dataType !== DataType.Liquidation) feed.look(traded, excusedMillis);
      }
    }
  }

  /** Whether books that are not flagged are right. */
  books(): void {
    const listed = this.#listed();
    // Whoever asks for a book lets the venue send what is due: before anything is compared.
    for (const symbol of listed) this.venue.book(symbol);
    for (const { book, symbol, top } of this.sink.symbols) {
      if (!listed.has(symbol)) continue;
      book.compare();
      if (top) this.#compareTop(symbol, top);
    }
  }

  /** Whether trades and bars that came are right. */
  records(): void {
    const listed = this.#listed();
    for (const { bars, endedTrades, symbol, trades } of this.sink.symbols) {
      if (!listed.has(symbol)) continue;
      for (const each of [...endedTrades, ...(trades ? [trades] : [])]) each.verify();
      for (const each of bars.values()) each.verify();
    }
  }

  /** After a calm time: everything that is wanted flows, and every trade up to now has come or is told as lost. */
  end(wanted: readonly Wanted[]): void {
    this.records();
    for (const { dataType, state, symbol } of wanted) {
      const checks = this.sink.symbols.find((each) => each.symbol === symbol);
      const feed = checks?.feeds.get(dataType);
      const isWell =
        feed?.state === FeedState.Live ||
        feed?.state === FeedState.Quiet ||
        (dataType === DataType.Liquidation && feed?.state === FeedState.Starting);
      if (state === "placed" && isWell) continue;
      this.report.violation(
        `${symbol} ${dataTypeName(dataType)} is ${state} and ${feed?.state} (${feed?.text}) after a calm time`,
      );
    }
    for (const { book, endedTrades, symbol, trades } of this.sink.symbols) {
      for (const each of endedTrades) each.finish(each.lastId);
      trades?.finish(trades.venueLastId());
      const now = this.venue.book(symbol);
      if (book.isSuspect || book.updateId === 0)
        this.report.violation(`${symbol} book is not whole after a calm time`);
      else if (now && !this.#isRecent(symbol, book.updateId, now.updateId)) {
        this.report.violation(`${symbol} book stays at ${book.updateId}, the venue is at ${now.updateId}`);
      }
    }
  }

  /** Whether so many symbols have traded at least so often since `ids` was taken. */
  tradedSince(ids: ReadonlyMap<string, number>, count: number): boolean {
    return [...ids].every(([symbol, id]) => this.venue.truth(symbol).lastTradeId >= id + count);
  }

  lastTradeIds(): Map<string, number> {
    return new Map(this.venue.symbols.map((symbol) => [symbol, this.venue.truth(symbol).lastTradeId]));
  }

  #listed(): ReadonlySet<string> {
    return new Set(this.venue.symbols);
  }

  /** Changes of the last second may still be gathered for a depth event. */
  #isRecent(symbol: string, updateId: number, nowId: number): boolean {
    if (updateId >= nowId) return true;
    return this.#recent.get(symbol) === undefined || updateId >= this.#recent.get(symbol)!;
  }

  readonly #recent = new Map<string, number>();

  /** To be called some seconds before {@link end}: what the books have to have reached by then. */
  mark(): void {
    for (const symbol of this.venue.symbols) this.#recent.set(symbol, this.venue.book(symbol)?.updateId ?? 0);
  }

  /** When the time began within which the symbol has traded on the market, up to now; undefined if it has not. */
  #tradedSince(symbol: string, nowMillis: number): (() => number | undefined) | undefined {
    const { lastTradeId } = this.venue.truth(symbol);
    const seen = this.#seen.get(symbol);
    this.#seen.set(symbol, { lastTradeId, atMillis: nowMillis });
    if (!seen || lastTradeId <= seen.lastTradeId) return undefined;
    let known: boolean | undefined;
    return () => {
      known ??= this.venue
        .trades(symbol, seen.lastTradeId + 1, lastTradeId)
        .some(({ origin }) => origin === "MARKET");
      return known ? seen.atMillis : undefined;
    };
  }

  #compareTop(symbol: string, top: { updateId: number; bid: string; ask: string }): void {
    const truth = this.venue.book(symbol, top.updateId);
    if (!truth) {
      this.report.violation(`${symbol} top of book: the venue never had update ${top.updateId}`);
      return;
    }
    const [bid, ask] = [truth.bids[0]!, truth.asks[0]!].map(([price, quantity]) => `${price} ${quantity}`);
    if (bid !== top.bid || ask !== top.ask) {
      this.report.violation(
        `${symbol} top of book ${top.updateId} is ${top.bid} / ${top.ask}, the venue has ${bid} / ${ask}`,
      );
    }
  }
}
