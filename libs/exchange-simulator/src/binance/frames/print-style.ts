import type { SimulatedInstrument } from "../markets/instrument.js";
import type { BinanceMarket } from "../markets/market.js";
import { bigDecimalText, decimalText } from "./decimal-text.js";

/** How one instrument's numbers look in payloads of its market. */
export class PrintStyle {
  readonly #priceScale: number;
  readonly #pricePrintScale: number;
  readonly #quantityScale: number;
  readonly #quantityPrintScale: number;
  readonly #quoteScale: number;
  readonly #quotePrintScale: number;

  constructor(market: BinanceMarket, instrument: SimulatedInstrument) {
    this.#priceScale = instrument.priceScale;
    this.#pricePrintScale = market.payloadScale ?? instrument.priceScale;
    this.#quantityScale = instrument.quantityScale;
    this.#quantityPrintScale = market.payloadScale ?? instrument.quantityScale;
    this.#quoteScale = market.quoteScale(instrument);
    this.#quotePrintScale = market.payloadScale ?? this.#quoteScale;
  }

  price(units: number): string {
    return decimalText(units, this.#priceScale, this.#pricePrintScale);
  }

  quantity(units: number): string {
    return decimalText(units, this.#quantityScale, this.#quantityPrintScale);
  }

  quote(units: bigint): string {
    return bigDecimalText(units, this.#quoteScale, this.#quotePrintScale);
  }
}
