import type { ExchangeId } from "@ims/common";
import { v2 } from "@ims/sbe";
import type { LiquidationFields, MarkPriceFields, TickerFields } from "@ims/traits";
import { type SymbolOctets, writeHead } from "./record-head.js";

export const MARK_PRICE_BYTES = v2.MarkPriceEncoder.ENCODED_LENGTH;
export const LIQUIDATION_BYTES = v2.LiquidationEncoder.ENCODED_LENGTH;
export const TICKER_BYTES = v2.TickerEncoder.ENCODED_LENGTH;

/** Writes mark prices, liquidations and tickers: a few records a second and instrument, so a row of setters will do. */
export class DerivativeEncoder {
  private readonly markPriceEncoder = new v2.MarkPriceEncoder();
  private readonly liquidationEncoder = new v2.LiquidationEncoder();
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
      .price(liquidation.price)
      .quantity(liquidation.quantity)
      .filledQuantity(liquidation.filledQuantity)
      .side(liquidation.side)
      .status(liquidation.status);
    if (liquidation.averagePrice === null) encoder.averagePriceNull();
    else encoder.averagePrice(liquidation.averagePrice);
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
