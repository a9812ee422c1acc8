import { MantissaCell, OrderEvent, OrderKind, OrderStatus, Side, TradeKind } from "@ims/common";
import type {
  LiquidationFields,
  MarkPriceFields,
  OptionTickerFields,
  OrderFields,
  RecordHead,
  TickerFields,
  TopOfBookFields,
  TradeFields,
} from "@ims/traits";

/**
 * A fraction that a number begins with, so that the engine keeps room for a double in place from the start: a record
 * then costs no memory however large its numbers are. Where zero means something it is set behind that.
 */
const DOUBLE = 0.5;

function head(): RecordHead {
  return {
    instrumentId: 0,
    eventMicros: DOUBLE,
    sendMicros: DOUBLE,
    receiveMicros: DOUBLE,
    flags: 0,
  };
}

/** Each of these makes the one object that all records of a kind are read into. */
export function createTradeFields(): TradeFields {
  return emptied({
    ...head(),
    tradeId: DOUBLE,
    firstTradeId: DOUBLE,
    lastTradeId: DOUBLE,
    price: new MantissaCell(),
    quantity: new MantissaCell(),
    aggressor: 0,
    kind: TradeKind.Regular,
  });
}

export function createTopOfBookFields(): TopOfBookFields {
  return {
    ...head(),
    updateId: DOUBLE,
    hasBid: false,
    hasAsk: false,
    bidPrice: new MantissaCell(),
    bidQuantity: new MantissaCell(),
    askPrice: new MantissaCell(),
    askQuantity: new MantissaCell(),
  };
}

export function createMarkPriceFields(): MarkPriceFields {
  return {
    ...head(),
    priceScale: 0,
    markPrice: 0n,
    indexPrice: null,
    settlementEstimate: null,
    fundingRate: null,
    fundingScale: 0,
    nextFundingMicros: 0,
  };
}

export function createOrderFields(): OrderFields {
  return {
    ...head(),
    orderId: DOUBLE,
    event: OrderEvent.Unknown,
    side: Side.Unknown,
    kind: OrderKind.Unknown,
    marks: 0,
    hasPrice: false,
    price: new MantissaCell(),
    quantity: new MantissaCell(),
    hasFilledQuantity: false,
    filledQuantity: new MantissaCell(),
    hasOriginalQuantity: false,
    originalQuantity: new MantissaCell(),
  };
}

export function createLiquidationFields(): LiquidationFields {
  return {
    ...head(),
    priceScale: 0,
    quantityScale: 0,
    side: Side.Unknown,
    status: OrderStatus.Unknown,
    price: 0n,
    averagePrice: null,
    quantity: 0n,
    filledQuantity: 0n,
  };
}

export function createOptionTickerFields(): OptionTickerFields {
  return {
    ...head(),
    priceScale: 0,
    quantityScale: 0,
    underlying: "",
    expiryMicros: DOUBLE,
    strike: 0n,
    optionType: "call",
    lastPrice: null,
    markPrice: null,
    bidPrice: null,
    bidQuantity: 0n,
    askPrice: null,
    askQuantity: 0n,
    volume: null,
    openInterest: null,
    underlyingPrice: null,
    markIv: Number.NaN,
    bidIv: Number.NaN,
    askIv: Number.NaN,
    delta: Number.NaN,
    gamma: Number.NaN,
    theta: Number.NaN,
    vega: Number.NaN,
    rho: Number.NaN,
  };
}

export function createTickerFields(): TickerFields {
  return {
    ...head(),
    priceScale: 0,
    quantityScale: 0,
    quoteScale: 0,
    open: null,
    high: null,
    low: null,
    last: null,
    volume: 0n,
    quoteVolume: null,
    windowStartMicros: 0,
    tradeCount: -1,
  };
}

/** Zeros in place of the fractions. */
function emptied(trade: TradeFields): TradeFields {
  trade.eventMicros = 0;
  trade.sendMicros = 0;
  trade.receiveMicros = 0;
  trade.tradeId = 0;
  trade.firstTradeId = 0;
  trade.lastTradeId = 0;
  return trade;
}
