import type { ExchangeId } from "@ims/common";
import { v2 } from "@ims/sbe";
import type { LiquidationFields, MarkPriceFields, OptionTickerFields, TickerFields } from "@ims/traits";
import { type SymbolOctets, writeHead } from "./record-head.js";

export const MARK_PRICE_BYTES = v2.MarkPriceEncoder.ENCODED_LENGTH;
export const LIQUIDATION_BYTES = v2.LiquidationEncoder.ENCODED_LENGTH;
export const OPTION_TICKER_BYTES = v2.OptionTickerEncoder.ENCODED_LENGTH;
export const TICKER_BYTES = v2.TickerEncoder.ENCODED_LENGTH;

/** Writes mark prices, liquidations, tickers of options and others: a few records a second and instrument, so a row of setters will do. */
export class DerivativeEncoder {
  private readonly markPriceEncoder = new v2.MarkPriceEncoder();
  private readonly liquidationEncoder = new v2.LiquidationEncoder();
  private readonly optionEncoder = new v2.OptionTickerEncoder();
  private readonly tickerEncoder = new v2.TickerEncoder();

  constructor(private readonly exchange: ExchangeId) {}

  /** Message 215 at `view[at, at + MARK_PRICE_BYTES)`. */
  markPrice(
    view: DataView,
    at: number,
    price: MarkPriceFields,
    symbol: SymbolOctets,
    publishMicros: number,
  ): void {
    const encoder = this.markPriceEncoder.wrapAndApplyHeader(view, at);
    writeHead(encoder, price, this.exchange, symbol, publishMicros);
    encoder.priceScale(price.priceScale).markPrice(price.markPrice).fundingScale(price.fundingScale);
    if (price.indexPrice === null) encoder.indexPriceNull();
    else encoder.indexPrice(price.indexPrice);
    if (price.settlementEstimate === null) encoder.settlementEstimateNull();
    else encoder.settlementEstimate(price.settlementEstimate);
    if (price.fundingRate === null) encoder.fundingRateNull();
    else encoder.fundingRate(price.fundingRate);
    if (price.nextFundingMicros === 0) encoder.nextFundingTimeNull();
    else encoder.nextFundingTimeNumber(price.nextFundingMicros);
  }

  /** Message 216 at `view[at, at + LIQUIDATION_BYTES)`. */
  liquidation(
    view: DataView,
    at: number,
    liquidation: LiquidationFields,
    symbol: SymbolOctets,
    publishMicros: number,
  ): void {
    const encoder = this.liquidationEncoder.wrapAndApplyHeader(view, at);
    writeHead(encoder, liquidation, this.exchange, symbol, publishMicros);
    encoder
      .priceScale(liquidation.priceScale)
      .quantityScale(liquidation.quantityScale)
      .quantity(liquidation.quantity)
      .filledQuantity(liquidation.filledQuantity)
      .side(liquidation.side)
      .status(liquidation.status);
    if (liquidation.price === null) encoder.priceNull();
    else encoder.price(liquidation.price);
    if (liquidation.averagePrice === null) encoder.averagePriceNull();
    else encoder.averagePrice(liquidation.averagePrice);
  }

  /** Message 217 at `view[at, at + OPTION_TICKER_BYTES)`. */
  optionTicker(
    view: DataView,
    at: number,
    option: OptionTickerFields,
    symbol: SymbolOctets,
    publishMicros: number,
  ): void {
    const encoder = this.optionEncoder.wrapAndApplyHeader(view, at);
    writeHead(encoder, option, this.exchange, symbol, publishMicros);
    encoder
      .priceScale(option.priceScale)
      .quantityScale(option.quantityScale)
      .underlying(option.underlying)
      .expiryTimeNumber(option.expiryMicros)
      .strike(option.strike)
      .optionType(option.optionType === "call" ? v2.OptionType.Call : v2.OptionType.Put)
      .bidQuantity(option.bidQuantity)
      .askQuantity(option.askQuantity);
    this.optionPrices(encoder, option);
    encoder.markIv(option.markIv).bidIv(option.bidIv).askIv(option.askIv);
    encoder.delta(option.delta).gamma(option.gamma).theta(option.theta).vega(option.vega).rho(option.rho);
  }

  private optionPrices(encoder: v2.OptionTickerEncoder, option: OptionTickerFields): void {
    if (option.lastPrice === null) encoder.lastPriceNull();
    else encoder.lastPrice(option.lastPrice);
    if (option.markPrice === null) encoder.markPriceNull();
    else encoder.markPrice(option.markPrice);
    if (option.bidPrice === null) encoder.bidPriceNull();
    else encoder.bidPrice(option.bidPrice);
    if (option.askPrice === null) encoder.askPriceNull();
    else encoder.askPrice(option.askPrice);
    if (option.volume === null) encoder.volumeNull();
    else encoder.volume(option.volume);
    if (option.openInterest === null) encoder.openInterestNull();
    else encoder.openInterest(option.openInterest);
    if (option.underlyingPrice === null) encoder.underlyingPriceNull();
    else encoder.underlyingPrice(option.underlyingPrice);
  }

  /** Message 218 at `view[at, at + TICKER_BYTES)`. */
  ticker(
    view: DataView,
    at: number,
    ticker: TickerFields,
    symbol: SymbolOctets,
    publishMicros: number,
  ): void {
    const encoder = this.tickerEncoder.wrapAndApplyHeader(view, at);
    writeHead(encoder, ticker, this.exchange, symbol, publishMicros);
    encoder
      .priceScale(ticker.priceScale)
      .quantityScale(ticker.quantityScale)
      .quoteScale(ticker.quoteScale)
      .volume(ticker.volume);
    if (ticker.open === null) encoder.openNull();
    else encoder.open(ticker.open);
    if (ticker.high === null) encoder.highNull();
    else encoder.high(ticker.high);
    if (ticker.low === null) encoder.lowNull();
    else encoder.low(ticker.low);
    if (ticker.last === null) encoder.lastNull();
    else encoder.last(ticker.last);
    if (ticker.quoteVolume === null) encoder.quoteVolumeNull();
    else encoder.quoteVolume(ticker.quoteVolume);
    if (ticker.windowStartMicros === 0) encoder.windowStartNull();
    else encoder.windowStartNumber(ticker.windowStartMicros);
    if (ticker.tradeCount === -1) encoder.tradeCountNull();
    else encoder.tradeCount(ticker.tradeCount);
  }
}
