import {
  BookLevels,
  BookOrders,
  DataType,
  FeedState,
  GapReason,
  MantissaCell,
  OrderEvent,
  OrderKind,
  OrderStatus,
  type RecordFlags,
  Side,
} from "@ims/common";
import type {
  BookFields,
  FeedStatusFields,
  GapFields,
  LiquidationFields,
  MarkPriceFields,
  OptionTickerFields,
  OrderFields,
  OrderSnapshotFields,
  RecordHead,
  TickerFields,
  TopOfBookFields,
} from "@ims/traits";

/** 2023-11-14, in microseconds. */
export const SAMPLE_MICROS = 1_700_000_000_000_000;

function head(instrumentId: number): RecordHead {
  return {
    instrumentId,
    eventMicros: SAMPLE_MICROS,
    sendMicros: SAMPLE_MICROS + 1,
    receiveMicros: SAMPLE_MICROS + 2,
    flags: 0,
  };
}

function cell(mantissa: bigint, scale: number): MantissaCell {
  const filled = new MantissaCell();
  filled.setBigInt(mantissa, scale);
  return filled;
}

export function sampleTop(instrumentId: number, updateId = 7): TopOfBookFields {
  return {
    ...head(instrumentId),
    updateId,
    hasBid: true,
    hasAsk: true,
    bidPrice: cell(10_000n, 2),
    bidQuantity: cell(5n, 3),
    askPrice: cell(10_001n, 2),
    askQuantity: cell(6n, 3),
  };
}

/** Prices and quantities of levels, at scales 2 and 3. */
export type SampleLevels = readonly (readonly [price: number, quantity: number])[];

export interface SampleBook {
  readonly bids?: SampleLevels;
  readonly asks?: SampleLevels;
  readonly previousUpdateId?: number;
  readonly flags?: RecordFlags;
}

/** A book, or a change of one, up to an update. */
export function sampleBook(instrumentId: number, lastUpdateId: number, book: SampleBook = {}): BookFields {
  return {
    ...head(instrumentId),
    flags: book.flags ?? 0,
    priceScale: 2,
    quantityScale: 3,
    firstUpdateId: lastUpdateId,
    lastUpdateId,
    previousUpdateId: book.previousUpdateId ?? lastUpdateId - 1,
    horizon: 0,
    bids: levels(book.bids ?? []),
    asks: levels(book.asks ?? []),
  };
}

function levels(given: SampleLevels): BookLevels {
  const filled = new BookLevels();
  for (const [price, quantity] of given) filled.push(price, 0, quantity, 0);
  return filled;
}

/** A bid that was filled in part. */
export function sampleOrder(instrumentId: number, orderId: number): OrderFields {
  return {
    ...head(instrumentId),
    orderId,
    event: OrderEvent.Created,
    side: Side.Buy,
    kind: OrderKind.Limit,
    marks: 0,
    hasPrice: true,
    price: cell(10_000n, 2),
    quantity: cell(5n, 3),
    hasFilledQuantity: true,
    filledQuantity: cell(2n, 3),
    hasOriginalQuantity: true,
    originalQuantity: cell(7n, 3),
  };
}

/** Two bids and an ask. */
export function sampleOrders(instrumentId: number): OrderSnapshotFields {
  const [bids, asks] = [new BookOrders(), new BookOrders()];
  bids.push(11, 9_900, 0, 3, 0);
  bids.push(12, 9_900, 0, 4, 0);
  asks.push(13, 10_100, 0, 5, 0);
  return { ...head(instrumentId), priceScale: 2, quantityScale: 3, bids, asks };
}

export function sampleMarkPrice(instrumentId: number): MarkPriceFields {
  return {
    ...head(instrumentId),
    priceScale: 2,
    markPrice: 10_000n,
    indexPrice: 10_001n,
    settlementEstimate: null,
    fundingRate: 100n,
    fundingScale: 8,
    nextFundingMicros: SAMPLE_MICROS + 3_600_000_000,
  };
}

export function sampleLiquidation(instrumentId: number): LiquidationFields {
  return {
    ...head(instrumentId),
    priceScale: 2,
    quantityScale: 3,
    side: Side.Sell,
    status: OrderStatus.Filled,
    price: 9_900n,
    averagePrice: 9_905n,
    quantity: 14n,
    filledQuantity: 14n,
  };
}

/** A call whose bids are empty. */
export function sampleOptionTicker(instrumentId: number): OptionTickerFields {
  return {
    ...head(instrumentId),
    priceScale: 4,
    quantityScale: 1,
    underlying: "BTC-25DEC26",
    expiryMicros: 1_798_185_600_000_000,
    strike: 760_000_000n,
    optionType: "call",
    lastPrice: null,
    markPrice: 651n,
    bidPrice: null,
    bidQuantity: 0n,
    askPrice: 655n,
    askQuantity: 125n,
    volume: 31n,
    openInterest: 4_201n,
    underlyingPrice: 769_175_000n,
    markIv: 51.25,
    bidIv: Number.NaN,
    askIv: 51.5,
    delta: 0.53,
    gamma: 0.00002,
    theta: -41.5,
    vega: 97.25,
    rho: 25.5,
  };
}

export function sampleTicker(instrumentId: number): TickerFields {
  return {
    ...head(instrumentId),
    priceScale: 2,
    quantityScale: 3,
    quoteScale: 5,
    open: 9_000n,
    high: 11_000n,
    low: 8_000n,
    last: 10_000n,
    volume: 123_456n,
    quoteVolume: 1_234_560_000n,
    windowStartMicros: SAMPLE_MICROS - 86_400_000_000,
    tradeCount: 321,
  };
}

export function sampleGap(instrumentId: number, dataType: DataType = DataType.Trade): GapFields {
  return {
    ...head(instrumentId),
    dataType,
    resolution: 0,
    reason: GapReason.ConnectionLost,
    fromId: 11,
    toId: 20,
    fromMicros: SAMPLE_MICROS - 10,
    toMicros: SAMPLE_MICROS,
    missingCount: 10,
    filledCount: 3,
  };
}

export function sampleStatus(
  instrumentId: number,
  state: FeedState = FeedState.Stale,
  dataType: DataType = DataType.Trade,
): FeedStatusFields {
  return {
    ...head(instrumentId),
    dataType,
    resolution: 0,
    state,
    sinceMicros: SAMPLE_MICROS,
    lastRecordMicros: SAMPLE_MICROS - 5_000_000,
    expectedMicros: 50_000,
    text: "no trade for 5 s, another connection is tried",
  };
}
