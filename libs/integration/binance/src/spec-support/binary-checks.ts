import { DataType, formatMantissa } from "@ims/common";
import type { FeedRequest } from "@ims/traits";
import { expect } from "vitest";
import type { BinaryStage, StagedClient } from "./binary-stage.js";
import { BookReader } from "./book-reader.js";
import type { EventQueue } from "./event-queue.js";
import type { SeenDecimal, SeenTrade } from "./recording-sink.js";

export const TRADES: FeedRequest = { dataType: DataType.Trade };
export const TOPS: FeedRequest = { dataType: DataType.TopOfBook };
export const BOOKS: FeedRequest = { dataType: DataType.Book };
export const SYMBOLS = ["BTCUSDT", "ETHUSDT", "DOGEUSDT"];

/** Everything that came and was not asked for yet. */
export async function all<T>(queue: EventQueue<T>): Promise<T[]> {
  const seen: T[] = [];
  while (queue.pendingCount > 0) seen.push(await queue.next());
  return seen;
}

export async function start(
  stage: BinaryStage,
  { integration }: StagedClient,
  feeds: readonly FeedRequest[],
  symbols = SYMBOLS,
): Promise<void> {
  await stage.during(Promise.all(feeds.map((feed) => integration.start(feed, symbols))));
}

function value([mantissa, scale]: SeenDecimal): string {
  const text = formatMantissa(mantissa, scale);
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}

/** All that the venue said of a trade. */
export function said({ aggressor, eventMicros, instrumentId, kind, price, quantity, tradeId }: SeenTrade) {
  return {
    aggressor,
    eventMicros,
    instrumentId,
    kind,
    price: value(price),
    quantity: value(quantity),
    tradeId,
  };
}

/** Every trade of the run exactly once, in order, as the venue made it. */
export function expectComplete(stage: BinaryStage, trades: readonly SeenTrade[], symbols = SYMBOLS): void {
  symbols.forEach((symbol, index) => {
    const mine = trades.filter(({ instrumentId }) => instrumentId === index + 1);
    const ids = mine.map(({ tradeId }) => tradeId);
    const { priceScale, quantityScale } = stage.venue.truth(symbol);
    const truth = stage.venue.trades(symbol, ids[0]!, ids.at(-1)!).map((trade) => ({
      eventMicros: trade.eventMicros,
      price: value([BigInt(trade.price), priceScale]),
      quantity: value([BigInt(trade.quantity), quantityScale]),
      tradeId: trade.tradeId,
    }));
    expect(ids.length).toBeGreaterThan(40);
    expect(mine.map(said)).toMatchObject(truth);
    expect(stage.venue.truth(symbol).lastTradeId - ids.at(-1)!).toBeLessThan(5);
  });
}

/** What a book missed is in its next snapshot, and told as a gap all the same. */
export function lostTrades({ integration }: StagedClient) {
  return integration.status().gaps.filter(({ dataType }) => dataType === DataType.Trade);
}

/** The book that a careful reader has at the end is the venue's. */
export async function expectBooks(stage: BinaryStage, { sink }: StagedClient): Promise<void> {
  const snapshots = await all(sink.bookSnapshots);
  const deltas = await all(sink.bookDeltas);
  SYMBOLS.forEach((symbol, index) => {
    const reader = new BookReader();
    const mine = <T extends { instrumentId: number }>(books: T[]) =>
      books.filter(({ instrumentId }) => instrumentId === index + 1);
    const first = mine(snapshots).at(-1)!;
    reader.read({ kind: "snapshot", book: first });
    for (const book of mine(deltas)) {
      if (book.lastUpdateId > first.lastUpdateId) reader.read({ kind: "delta", book });
    }
    const truth = stage.venue.book(symbol, reader.lastUpdateId)!;
    const scaled = {
      id: truth.updateId,
      bids: new Map(truth.bids),
      asks: new Map(truth.asks),
    };
    expect(reader.suspect, symbol).toBe(false);
    expect(mine(deltas).length, symbol).toBeGreaterThan(20);
    expect(reader.difference(scaled), symbol).toBeUndefined();
  });
}
