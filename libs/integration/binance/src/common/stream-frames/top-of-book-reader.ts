import type { MantissaCell } from "@ims/common";
import { atScale, commonScale, createTopOfBookFields } from "@ims/integration-kit";
import type { TopOfBookFields } from "@ims/traits";
import { BestBidAskDecoder } from "../../generated/market-stream/index.js";
import type { InstrumentFeed } from "../decode/instrument-feed.js";
import { exactMantissa } from "./exact-mantissas.js";
import { MantissaScaler } from "./mantissa-scaler.js";
import { requireCount, requireEnd, type StreamSymbols } from "./stream-symbols.js";

/** Reads frames of the best bid and ask (template 10001) into {@link top}. */
export class TopOfBookReader {
  readonly top: TopOfBookFields = createTopOfBookFields();
  private readonly decoder = new BestBidAskDecoder();
  private readonly scaler = new MantissaScaler();

  constructor(private readonly symbols: StreamSymbols) {}

  /** The one time that the venue gives stands in both. Throws `Unusable` and `SbeError`. */
  read(view: DataView, start: number, length: number): InstrumentFeed {
    const { decoder, top } = this;
    decoder.wrapAndApplyHeader(view, start, length);
    const feed = this.symbols.find(decoder.bytes, decoder.symbolStart(), decoder.symbolLength());
    requireEnd(decoder.limit, decoder.end, decoder.actingVersion);
    const { priceScale, quantityScale } = feed.instrument;
    top.instrumentId = feed.instrumentId;
    top.sendMicros = requireCount(decoder.sendTimeNumber(), "sendTime");
    top.eventMicros = top.sendMicros;
    top.updateId = requireCount(decoder.updateIdNumber(), "updateId");
    if (!this.prices(priceScale)) this.unusualPrices(priceScale);
    if (!this.quantities(quantityScale)) this.unusualQuantities(quantityScale);
    top.hasBid = !top.bidPrice.isZero;
    top.hasAsk = !top.askPrice.isZero;
    return feed;
  }

  private prices(scale: number): boolean {
    const { decoder, top } = this;
    const exponent = decoder.priceExponent();
    return (
      this.set(top.bidPrice, decoder.bidPriceLo(), decoder.bidPriceHi(), exponent, scale) &&
      this.set(top.askPrice, decoder.askPriceLo(), decoder.askPriceHi(), exponent, scale)
    );
  }

  private quantities(scale: number): boolean {
    const { decoder, top } = this;
    const exponent = decoder.quantityExponent();
    return (
      this.set(top.bidQuantity, decoder.bidQuantityLo(), decoder.bidQuantityHi(), exponent, scale) &&
      this.set(top.askQuantity, decoder.askQuantityLo(), decoder.askQuantityHi(), exponent, scale)
    );
  }

  private set(cell: MantissaCell, lo: number, hi: number, exponent: number, scale: number): boolean {
    const { scaler } = this;
    if (!scaler.scale(lo, hi, exponent, scale)) return false;
    cell.lo = scaler.lo;
    cell.hi = scaler.hi;
    cell.scale = scale;
    return true;
  }

  private unusualPrices(scaleMin: number): void {
    const { decoder, top } = this;
    const exponent = decoder.priceExponent();
    const bid = exactMantissa(decoder.bidPriceLo(), decoder.bidPriceHi(), exponent, "bidPrice");
    const ask = exactMantissa(decoder.askPriceLo(), decoder.askPriceHi(), exponent, "askPrice");
    const scale = commonScale([bid, ask], scaleMin, "bidPrice, askPrice");
    top.bidPrice.setBigInt(atScale(bid, scale), scale);
    top.askPrice.setBigInt(atScale(ask, scale), scale);
  }

  private unusualQuantities(scaleMin: number): void {
    const { decoder, top } = this;
    const exponent = decoder.quantityExponent();
    const bid = exactMantissa(decoder.bidQuantityLo(), decoder.bidQuantityHi(), exponent, "bidQuantity");
    const ask = exactMantissa(decoder.askQuantityLo(), decoder.askQuantityHi(), exponent, "askQuantity");
    const scale = commonScale([bid, ask], scaleMin, "bidQuantity, askQuantity");
    top.bidQuantity.setBigInt(atScale(bid, scale), scale);
    top.askQuantity.setBigInt(atScale(ask, scale), scale);
  }
}
