import { MergedBookDecoder } from "../generated/v2/index.js";
import type { MergedBookRecord, MergedLevel, MergedVenue } from "./book-records.js";
import type { LevelGroup } from "./decode-book.js";
import { decodePrefix } from "./decode-prefix.js";
import { exactDecimal, optionalDecimal, orUndefined } from "./exact-values.js";

interface MergedGroup extends LevelGroup {
  exchangeId(): number;
}

const decoder = new MergedBookDecoder();

/** Template 230 to a record. Throws the decoder's errors, `sbe.unsafe-integer` and `sbe.invalid-value`. */
export function decodeMergedBook(view: DataView, offset: number, length: number): MergedBookRecord {
  const book = decoder.wrapAndApplyHeader(view, offset, length);
  const priceScale = book.priceScale();
  const quantityScale = book.quantityScale();
  const levels = (group: MergedGroup, field: string): readonly MergedLevel[] => {
    const found: MergedLevel[] = [];
    while (group.hasNext()) {
      group.next();
      found.push({
        price: exactDecimal(group.price(), priceScale, `${field}.price`),
        quantity: exactDecimal(group.quantity(), quantityScale, `${field}.quantity`),
        exchangeId: group.exchangeId(),
      });
    }
    return found;
  };
  return {
    type: "merged-book",
    ...decodePrefix(book),
    spread: optionalDecimal(book.spread(), priceScale, "MergedBook.spread"),
    horizon: orUndefined(book.horizon()),
    condition: book.condition(),
    bids: levels(book.bids(), "MergedBook.bids"),
    asks: levels(book.asks(), "MergedBook.asks"),
    venues: decodeVenues(book),
  };
}

function decodeVenues(book: MergedBookDecoder): readonly MergedVenue[] {
  const venues: MergedVenue[] = [];
  const group = book.venues();
  while (group.hasNext()) {
    group.next();
    venues.push({
      exchangeId: group.exchangeId(),
      instrumentId: group.instrumentId(),
      ageMicros: orUndefined(group.ageNumber()),
      state: group.state(),
    });
  }
  return venues;
}
