import { LiquidationDecoder, MarkPriceDecoder, OptionTickerDecoder } from "../generated/v2/index.js";
import { decodeLevel } from "./decode-book.js";
import { optionTypeOf } from "./decode-instrument.js";
import { decodePrefix } from "./decode-prefix.js";
import type { Greeks, LiquidationRecord, MarkPriceRecord, OptionTickerRecord } from "./derivative-records.js";
import { exactDecimal, optionalDecimal, orUndefined } from "./exact-values.js";

const markDecoder = new MarkPriceDecoder();
const liquidationDecoder = new LiquidationDecoder();
const optionDecoder = new OptionTickerDecoder();

/** Template 215 to a record. Throws the decoder's errors, `sbe.unsafe-integer` and `sbe.invalid-value`. */
export function decodeMarkPrice(view: DataView, offset: number, length: number): MarkPriceRecord {
  const mark = markDecoder.wrapAndApplyHeader(view, offset, length);
  const scale = mark.priceScale();
  return {
    type: "mark-price",
    ...decodePrefix(mark),
    markPrice: exactDecimal(mark.markPrice(), scale, "MarkPrice.markPrice"),
    indexPrice: optionalDecimal(mark.indexPrice(), scale, "MarkPrice.indexPrice"),
    settlementEstimate: optionalDecimal(mark.settlementEstimate(), scale, "MarkPrice.settlementEstimate"),
    fundingRate: optionalDecimal(mark.fundingRate(), mark.fundingScale(), "MarkPrice.fundingRate"),
    nextFundingMicros: orUndefined(mark.nextFundingTimeNumber()),
  };
}

/** Template 216 to a record. Throws as {@link decodeMarkPrice}. */
export function decodeLiquidation(view: DataView, offset: number, length: number): LiquidationRecord {
  const order = liquidationDecoder.wrapAndApplyHeader(view, offset, length);
  const priceScale = order.priceScale();
  const quantityScale = order.quantityScale();
  return {
    type: "liquidation",
    ...decodePrefix(order),
    price: optionalDecimal(order.price(), priceScale, "Liquidation.price"),
    averagePrice: optionalDecimal(order.averagePrice(), priceScale, "Liquidation.averagePrice"),
    quantity: exactDecimal(order.quantity(), quantityScale, "Liquidation.quantity"),
    filledQuantity: exactDecimal(order.filledQuantity(), quantityScale, "Liquidation.filledQuantity"),
    side: order.side(),
    status: order.status(),
  };
}

/** Template 217 to a record. Throws as {@link decodeMarkPrice}. */
export function decodeOptionTicker(view: DataView, offset: number, length: number): OptionTickerRecord {
  const option = optionDecoder.wrapAndApplyHeader(view, offset, length);
  const priceScale = option.priceScale();
  const quantityScale = option.quantityScale();
  const level = (price: bigint | null, quantity: bigint, side: string) =>
    decodeLevel(price, quantity, priceScale, quantityScale, `OptionTicker ${side}`);
  return {
    type: "option-ticker",
    ...decodePrefix(option),
    underlying: option.underlying(),
    expiryMicros: option.expiryTimeNumber(),
    strike: exactDecimal(option.strike(), priceScale, "OptionTicker.strike"),
    optionType: optionTypeOf(option.optionType()),
    lastPrice: optionalDecimal(option.lastPrice(), priceScale, "OptionTicker.lastPrice"),
    markPrice: optionalDecimal(option.markPrice(), priceScale, "OptionTicker.markPrice"),
    bid: level(option.bidPrice(), option.bidQuantity(), "bid"),
    ask: level(option.askPrice(), option.askQuantity(), "ask"),
    volume: optionalDecimal(option.volume(), quantityScale, "OptionTicker.volume"),
    openInterest: optionalDecimal(option.openInterest(), quantityScale, "OptionTicker.openInterest"),
    underlyingPrice: optionalDecimal(option.underlyingPrice(), priceScale, "OptionTicker.underlyingPrice"),
    greeks: decodeGreeks(option),
  };
}

function decodeGreeks(option: OptionTickerDecoder): Greeks {
  return {
    markIv: orUndefined(option.markIv()),
    bidIv: orUndefined(option.bidIv()),
    askIv: orUndefined(option.askIv()),
    delta: orUndefined(option.delta()),
    gamma: orUndefined(option.gamma()),
    theta: orUndefined(option.theta()),
    vega: orUndefined(option.vega()),
    rho: orUndefined(option.rho()),
  };
}
