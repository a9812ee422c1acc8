import type { Instrument } from "@ims/common";

/** One row of the venue's list: our instrument, and the venue's own word for its state. */
export interface ListedSymbol {
  readonly instrument: Instrument;
  readonly venueStatus: string;
}

/** Symbols travel in messages with room for so many bytes of UTF-8. */
export const SYMBOL_BYTES_MAX = 32;

export function symbolByteLength(symbol: string): number {
  return Buffer.byteLength(symbol, "utf8");
}
