import { BookLevels } from "@ims/common";
import type { BookFields } from "@ims/traits";

export function createBookFields(): BookFields {
  return {
    instrumentId: 0,
    eventMicros: 0,
    sendMicros: 0,
    receiveMicros: 0,
    flags: 0,
    priceScale: 0,
    quantityScale: 0,
    firstUpdateId: 0,
    lastUpdateId: 0,
    previousUpdateId: 0,
    horizon: 0,
    bids: new BookLevels(),
    asks: new BookLevels(),
  };
}

/** A copy that shares nothing with its source. */
export function cloneBookFields(from: BookFields): BookFields {
  return { ...from, bids: cloneLevels(from.bids), asks: cloneLevels(from.asks) };
}

function cloneLevels({ count, priceHi, priceLo, quantityHi, quantityLo }: BookLevels): BookLevels {
  const clone = new BookLevels();
  for (let at = 0; at < count; at++) clone.push(priceLo[at]!, priceHi[at]!, quantityLo[at]!, quantityHi[at]!);
  return clone;
}
