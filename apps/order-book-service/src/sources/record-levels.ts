import { BookLevels } from "@ims/common";
import type { RecordFlyweights } from "ims-client";

type BookRecord = RecordFlyweights["book-snapshot"] | RecordFlyweights["book-delta"];
type LevelGroup = ReturnType<BookRecord["bids" | "asks"]>;

/** The levels of book records, copied from their bytes into columns that are used again: nothing is allocated. */
export class RecordLevels {
  priceScale = 0;
  quantityScale = 0;
  readonly bids = new BookLevels();
  readonly asks = new BookLevels();

  /** Takes the levels of a record; they hold until the next call. */
  read(record: BookRecord): this {
    this.priceScale = record.priceScale();
    this.quantityScale = record.quantityScale();
    copy(record.bids(), this.bids);
    copy(record.asks(), this.asks);
    return this;
  }
}

function copy(group: LevelGroup, levels: BookLevels): void {
  levels.clear();
  while (group.hasNext()) {
    group.next();
    levels.push(group.priceLo(), group.priceHi(), group.quantityLo(), group.quantityHi());
  }
}
