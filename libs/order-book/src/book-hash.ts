import { createHash, type Hash } from "node:crypto";
import { BookLevels, formatMantissa, trimFraction } from "@ims/common";
import type { OrderBook } from "./order-book.js";

/**
 * SHA-256 of a book, in hex, the same whatever its scales: one line per level, `b|price|quantity` for bids in falling
 * order of price, then `a|price|quantity` for asks in rising order, each ended by a line feed; canonical decimals
 * (no exponent, no trailing zeros, no trailing point). For tests and comparisons: allocates per level.
 */
export function bookHash(book: OrderBook): string {
  const bids = new BookLevels();
  const asks = new BookLevels();
  book.copyTop(Number.POSITIVE_INFINITY, bids, asks);
  const hash = createHash("sha256");
  addLines(hash, "b", bids, book);
  addLines(hash, "a", asks, book);
  return hash.digest("hex");
}

function addLines(hash: Hash, letter: string, levels: BookLevels, book: OrderBook): void {
  for (let index = 0; index < levels.count; index++) {
    const price = trimFraction(formatMantissa(levels.price(index), book.priceScale));
    const quantity = trimFraction(formatMantissa(levels.quantity(index), book.quantityScale));
    hash.update(`${letter}|${price}|${quantity}\n`);
  }
}
