import { Decimal } from "@ims/common";
import type { BookDeltaMessage, BookSnapshotMessage, TopOfBookMessage } from "../records/book-message.js";
import type {
  LiquidationMessage,
  MarkPriceMessage,
  OptionTickerMessage,
  TickerMessage,
} from "../records/derivative-message.js";
import type { FeedStatusMessage, GapMessage } from "../records/feed-message.js";
import type { BarMessage, TradeMessage } from "../records/market-message.js";
import type { MessageOrigin } from "../records/message-origin.js";
import type { OrderMessage, OrderSnapshotMessage } from "../records/order-message.js";
import { exact, type MessageFields, withFields } from "./message-fields.js";

/** 2024-08-08 12:00:00.123 UTC. */
const MICROS = 1_723_118_400_123_000;

const ORIGIN: MessageOrigin = {
  exchange: "binancespot",
  symbol: "BTCUSDT",
  flags: [],
  eventMicros: MICROS,
  sendMicros: MICROS + 1000,
  receiveMicros: MICROS + 2000,
  publishMicros: MICROS + 2100,
  offset: 0,
  partitionId: 0,
};

/** A trade of 0.001 BTCUSDT, unless it is told otherwise. */
export function mockTrade(fields: MessageFields<TradeMessage> = {}): TradeMessage {
  const tradeId = fields.tradeId ?? 1;
  return withFields<TradeMessage>(
    {
      ...ORIGIN,
      type: "trade",
      tradeId,
      firstTradeId: tradeId,
      lastTradeId: tradeId,
      price: Decimal.parse("61837.63"),
      quantity: Decimal.parse("0.001"),
      aggressor: "buyer",
      kind: "regular",
    },
    fields,
  );
}

/** A closed one-minute bar; without other prices all four are the close. */
export function mockBar(fields: MessageFields<BarMessage> = {}): BarMessage {
  const close = fields.close ?? "61837.63";
  return withFields<BarMessage>(
    {
      ...ORIGIN,
      type: "bar",
      resolution: "1m",
      state: "closed",
      openMicros: MICROS - 123_000,
      closeMicros: MICROS - 123_000 + 59_999_000,
      open: exact(close),
      high: exact(close),
      low: exact(close),
      close: exact(close),
      volume: Decimal.parse("12.5"),
      quoteVolume: Decimal.parse("772970.375"),
      takerVolume: Decimal.parse("6.25"),
      tradeCount: 100,
    },
    fields,
  );
}

/** A bid and an ask of 1, one cent apart. */
export function mockTopOfBook(fields: MessageFields<TopOfBookMessage> = {}): TopOfBookMessage {
  const level = (price: string) => ({ price: Decimal.parse(price), quantity: Decimal.parse("1") });
  return withFields<TopOfBookMessage>(
    { ...ORIGIN, type: "top-of-book", updateId: 1, bid: level("61837.63"), ask: level("61837.64") },
    fields,
  );
}

/** A whole book; without levels it is empty. */
export function mockBookSnapshot(fields: MessageFields<BookSnapshotMessage> = {}): BookSnapshotMessage {
  return withFields<BookSnapshotMessage>(
    {
      ...ORIGIN,
      flags: ["snapshot", "last-in-event"],
      type: "book-snapshot",
      lastUpdateId: 1,
      horizon: null,
      bids: [],
      asks: [],
    },
    fields,
  );
}

/** A change that follows update 1, unless its update ids are given. */
export function mockBookDelta(fields: MessageFields<BookDeltaMessage> = {}): BookDeltaMessage {
  const lastUpdateId = fields.lastUpdateId ?? 2;
  return withFields<BookDeltaMessage>(
    {
      ...ORIGIN,
      flags: ["last-in-event"],
      type: "book-delta",
      firstUpdateId: lastUpdateId,
      lastUpdateId,
      previousUpdateId: lastUpdateId - 1,
      bids: [],
      asks: [],
    },
    fields,
  );
}

/** A mark price with index and funding rate. */
export function mockMarkPrice(fields: MessageFields<MarkPriceMessage> = {}): MarkPriceMessage {
  return withFields<MarkPriceMessage>(
    {
      ...ORIGIN,
      exchange: "binanceusdmarginfuture",
      type: "mark-price",
      markPrice: Decimal.parse("61837.63"),
      indexPrice: Decimal.parse("61840"),
      settlementEstimate: null,
      fundingRate: Decimal.parse("0.0001"),
      nextFundingMicros: MICROS + 3_600_000_000,
    },
    fields,
  );
}

/** A long position that was closed. */
export function mockLiquidation(fields: MessageFields<LiquidationMessage> = {}): LiquidationMessage {
  return withFields<LiquidationMessage>(
    {
      ...ORIGIN,
      exchange: "binanceusdmarginfuture",
      type: "liquidation",
      side: "sell",
      status: "filled",
      price: Decimal.parse("61000"),
      averagePrice: null,
      quantity: Decimal.parse("0.014"),
      filledQuantity: Decimal.parse("0.014"),
    },
    fields,
  );
}

/** A call near the money; nothing was traded yet. */
export function mockOptionTicker(fields: MessageFields<OptionTickerMessage> = {}): OptionTickerMessage {
  return withFields<OptionTickerMessage>(
    {
      ...ORIGIN,
      exchange: "deribit",
      symbol: "BTC-27SEP24-62000-C",
      type: "option-ticker",
      underlying: "BTC-27SEP24",
      expiryMicros: 1_727_424_000_000_000,
      strike: Decimal.parse("62000"),
      optionType: "call",
      lastPrice: null,
      markPrice: Decimal.parse("0.0651"),
      bid: { price: Decimal.parse("0.065"), quantity: Decimal.parse("12.5") },
      ask: { price: Decimal.parse("0.0655"), quantity: Decimal.parse("4") },
      volume: Decimal.parse("0"),
      openInterest: Decimal.parse("420.1"),
      underlyingPrice: Decimal.parse("62310.5"),
      markIv: 61.25,
      bidIv: 60.9,
      askIv: 61.5,
      delta: 0.53,
      gamma: 0.00002,
      theta: -41.5,
      vega: 97.25,
      rho: 25.5,
    },
    fields,
  );
}

/** Statistics of a day. */
export function mockTicker(fields: MessageFields<TickerMessage> = {}): TickerMessage {
  return withFields<TickerMessage>(
    {
      ...ORIGIN,
      type: "ticker",
      open: Decimal.parse("60000"),
      high: Decimal.parse("62000"),
      low: Decimal.parse("59000"),
      last: Decimal.parse("61837.63"),
      volume: Decimal.parse("1234.5"),
      quoteVolume: null,
      windowStartMicros: MICROS - 86_400_000_000,
      tradeCount: 98_765,
    },
    fields,
  );
}

/** A bid of 0.05 that was created; its quantities are those that it began with, unless they are given. */
export function mockOrder(fields: MessageFields<OrderMessage> = {}): OrderMessage {
  const quantity = fields.quantity ?? "0.05";
  return withFields<OrderMessage>(
    {
      ...ORIGIN,
      exchange: "bitstamp",
      symbol: "btcusd",
      flags: ["last-in-event"],
      type: "order",
      orderId: 2_046_839_978_799_111,
      event: "created",
      side: "buy",
      kind: "limit",
      marks: [],
      price: Decimal.parse("61837"),
      quantity: exact(quantity),
      filledQuantity: Decimal.parse("0"),
      originalQuantity: exact(quantity),
    },
    fields,
  );
}

/** All orders of a book; without orders it is empty. */
export function mockOrderSnapshot(fields: MessageFields<OrderSnapshotMessage> = {}): OrderSnapshotMessage {
  return withFields<OrderSnapshotMessage>(
    {
      ...ORIGIN,
      exchange: "bitstamp",
      symbol: "btcusd",
      flags: ["snapshot", "last-in-event"],
      type: "order-snapshot",
      part: 0,
      bids: [],
      asks: [],
    },
    fields,
  );
}

/** Ten trades that are missing, unless it is told otherwise. */
export function mockGap(fields: MessageFields<GapMessage> = {}): GapMessage {
  return withFields<GapMessage>(
    {
      ...ORIGIN,
      type: "gap",
      data: "trades",
      resolution: null,
      reason: "connection-lost",
      fromId: 2,
      toId: 11,
      fromMicros: MICROS,
      toMicros: MICROS + 1_000_000,
      missingCount: 10,
      filledCount: 0,
    },
    fields,
  );
}

/** Live trades, unless it is told otherwise. */
export function mockFeedStatus(fields: MessageFields<FeedStatusMessage> = {}): FeedStatusMessage {
  return withFields<FeedStatusMessage>(
    {
      ...ORIGIN,
      type: "feed-status",
      data: "trades",
      resolution: null,
      state: "live",
      sinceMicros: MICROS,
      lastRecordMicros: MICROS,
      expectedIntervalMicros: 50_000,
      text: "",
    },
    fields,
  );
}
