import type { ExchangeId } from "../ids/exchange.js";

export type InstrumentKind = "spot" | "perpetual" | "future" | "option";
export type InstrumentStatus = "trading" | "halted" | "pending" | "expired" | "unknown";

/** One tradable thing of one exchange, as the venue lists it. */
export interface Instrument {
  readonly exchange: ExchangeId;
  /** The venue's own name, as its payloads print it (Binance: upper case). At most 32 bytes of UTF-8. */
  readonly symbol: string;
  readonly base: string;
  readonly quote: string;
  readonly settle: string;
  readonly kind: InstrumentKind;
  readonly status: InstrumentStatus;
  /** Digits after the point of the price increment. Payloads may print more digits. */
  readonly priceScale: number;
  /** Digits after the point of the quantity increment. */
  readonly quantityScale: number;
  /** Canonical decimal text, for example `0.01`. */
  readonly priceIncrement: string;
  readonly quantityIncrement: string;
  /** Value of one contract in the quote asset, canonical decimal text; undefined where quantities are amounts of base. */
  readonly contractSize?: string;
  /** Expiry in microseconds since 1970; undefined for what does not expire. */
  readonly expiryMicros?: number;
  /** Strike of an option, canonical decimal text. */
  readonly strike?: string;
  /** Of an option. */
  readonly optionType?: "call" | "put";
}
