import { BookLevels } from "../../libs/common/dist/index.js";

const LEVELS = 100;
const MIDDLE = 6_000_000;
export const MOVING_SYMBOL = "BTCUSDT";

/** A venue in memory: a book of one symbol, of which {@link move} changes a level a side. */
export class MovingSource {
  #followed;
  #count = 0;
  #change = { priceScale: 2, quantityScale: 5, bids: new BookLevels(), asks: new BookLevels() };

  constructor(venue) {
    this.venue = venue;
  }

  open(listed) {
    const [base, quote] = ["BTC", "USDT"];
    listed([{ symbol: MOVING_SYMBOL, base, quote, kind: "spot", status: "trading" }]);
  }

  follow(_symbol, book, changed) {
    this.#followed = { book, changed };
    const whole = { priceScale: 2, quantityScale: 5, bids: new BookLevels(), asks: new BookLevels() };
    for (let level = 0; level < LEVELS; level++) {
      whole.bids.push(MIDDLE - 1 - level, 0, 1000 + level, 0);
      whole.asks.push(MIDDLE + 1 + level, 0, 1000 + level, 0);
    }
    book.replace(whole, 0, 0, performance.now());
    changed();
  }

  unfollow() {
    this.#followed = undefined;
  }

  move() {
    if (!this.#followed) return;
    const { bids, asks } = this.#change;
    bids.clear();
    asks.clear();
    const count = ++this.#count;
    // Within the ten best of three venues with equal prices, so that every change is seen.
    bids.push(MIDDLE - 1 - (count % 3), 0, 1 + (count % 100_000), 0);
    asks.push(MIDDLE + 1 + (count % 3), 0, 1 + (count % 100_000), 0);
    this.#followed.book.change(this.#change, 0, performance.now());
    this.#followed.changed();
  }

  async close() {}
}
