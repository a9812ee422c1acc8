import { BookLevels } from "@ims/common";
import type { BookFields } from "@ims/traits";

/** The object that whole books and changes of them are read into. */
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

/** Copies everything but the levels. */
export function copyBookHead(from: BookFields, to: BookFields): void {
  to.instrumentId = from.instrumentId;
  to.eventMicros = from.eventMicros;
  to.sendMicros = from.sendMicros;
  to.receiveMicros = from.receiveMicros;
  to.flags = from.flags;
  to.priceScale = from.priceScale;
  to.quantityScale = from.quantityScale;
  to.firstUpdateId = from.firstUpdateId;
  to.lastUpdateId = from.lastUpdateId;
  to.previousUpdateId = from.previousUpdateId;
  to.horizon = from.horizon;
}

/** A copy that shares nothing with its source. */
export function cloneBookFields(from: BookFields): BookFields {
  const clone = createBookFields();
  copyBookHead(from, clone);
  copyLevels(from.bids, clone.bids);
  copyLevels(from.asks, clone.asks);
  return clone;
}

function copyLevels(from: BookLevels, to: BookLevels): void {
  to.clear();
  const { count, priceLo, priceHi, quantityLo, quantityHi } = from;
  for (let index = 0; index < count; index++) {
    to.push(priceLo[index]!, priceHi[index]!, quantityLo[index]!, quantityHi[index]!);
  }
}
