import type { SimulatedInstrument } from "../markets/instrument.js";
import type { BinanceMarket } from "../markets/market.js";
import { bigDecimalText, decimalText } from "./decimal-text.js";

/** Decimals of mark and index prices. */
export const MARK_SCALE = 8;

/** How one instrument's numbers look in payloads of its market. */
export class PrintStyle {
  readonly #priceScale: number;
  readonly #pricePrintScale: number;
  readonly #quantityScale: number;
  readonly #quantityPrintScale: number;
  readonly #quoteScale: number;
  readonly #quotePrintScale: number;
  readonly #averageScale: number;
  readonly #contractSize: number;

  constructor(market: BinanceMarket, instrument: SimulatedInstrument) {
    this.#priceScale = instrument.priceScale;
    this.#pricePrintScale = market.payloadScale ?? instrument.priceScale;
    this.#quantityScale = instrument.quantityScale;
    this.#quantityPrintScale = market.payloadScale ?? instrument.quantityScale;
    this.#quoteScale = market.quoteScale(instrument);
    this.#quotePrintScale = market.payloadScale ?? this.#quoteScale;
    this.#averageScale = market.name === "usd-future" ? instrument.priceScale : 8;
    this.#contractSize = instrument.contractSize;
  }

  price(units: number): string {
    return decimalText(units, this.#priceScale, this.#pricePrintScale);
  }

  quantity(units: number): string {
    return decimalText(units, this.#quantityScale, this.#quantityPrintScale);
  }

  /** A difference of prices, with its sign. */
  signedPrice(units: number): string {
    return units < 0 ? `-${this.price(-units)}` : this.price(units);
  }

  /** Mark and index prices have 8 decimals on the futures, whatever the tick. */
  markPrice(units: bigint): string {
    return bigDecimalText(units, MARK_SCALE);
  }

  /** Volume-weighted average price; spot and COIN-M print 8 decimals, USD-M the tick's. */
  average(volume: number, quoteVolume: bigint): string {
    if (volume === 0) return bigDecimalText(0n, this.#averageScale);
    const scale = BigInt(10) ** BigInt(this.#averageScale);
    if (this.#contractSize > 0) {
      const worth = BigInt(volume) * BigInt(this.#contractSize) * 10n ** BigInt(this.#quoteScale);
      return quoteVolume === 0n
        ? bigDecimalText(0n, this.#averageScale)
        : bigDecimalText((worth * scale) / quoteVolume, this.#averageScale);
    }
    const units = (quoteVolume * scale) / (BigInt(volume) * 10n ** BigInt(this.#priceScale));
    return bigDecimalText(units, this.#averageScale);
  }

  quote(units: bigint): string {
    return bigDecimalText(units, this.#quoteScale, this.#quotePrintScale);
  }
}
