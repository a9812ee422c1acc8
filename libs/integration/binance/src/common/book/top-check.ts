import { MantissaCell } from "@ims/common";
import type { OrderBook } from "@ims/order-book";
import type { TopOfBookFields } from "@ims/traits";

/** What a comparison said. */
export type TopVerdict = "none" | "agrees" | "differs";

const TOPS_MAX = 1024;
/** Words of one top: prices and quantities of both sides. */
const STRIDE = 8;
const SCALES = 2;

/**
 * Compares a book with the venue's own best prices. Tops carry ids of the book's number space and come at every change,
 * books change in batches: the top of a book at update N is the last top with an id up to N, which is certain as soon
 * as a top with a larger id is known; the tops between agree with no book [binance.md 1.5].
 *
 * Keeps the last 1,024 tops that no batch has reached; when there are more all are dropped, and nothing is said until
 * the next. Allocates nothing where book and tops have the same scales.
 */
export class TopCheck {
  readonly #ids = new Float64Array(TOPS_MAX);
  readonly #words = new Int32Array(TOPS_MAX * STRIDE);
  readonly #scales = new Uint8Array(TOPS_MAX * SCALES);
  #first = 0;
  #count = 0;
  readonly #price = new MantissaCell();
  readonly #quantity = new MantissaCell();
  readonly #topPrice = new MantissaCell();
  readonly #topQuantity = new MantissaCell();

  clear(): void {
    this.#count = 0;
  }

  /** A new top, in the order of ids; others, and tops that lack a side, are passed over. `bookId` is the book's last update. */
  top(top: TopOfBookFields, book: OrderBook, bookId: number): TopVerdict {
    if (!top.hasBid || !top.hasAsk) return "none";
    if (this.#count > 0 && top.updateId <= this.#idAt(this.#count - 1)) return "none";
    const decides = this.#count > 0 && this.#idAt(this.#count - 1) <= bookId && top.updateId > bookId;
    const verdict = decides ? this.#compare(this.#slot(this.#count - 1), book) : "none";
    if (decides) this.#count = 0;
    this.#push(top);
    return verdict;
  }

  /** The book has reached `bookId`. */
  reached(book: OrderBook, bookId: number): TopVerdict {
    let passed = 0;
    while (passed < this.#count && this.#idAt(passed) <= bookId) passed++;
    if (passed === 0) return "none";
    // The last top that was passed stays: it may turn out to be that of this book.
    const last = passed - 1;
    this.#first = this.#slot(last);
    this.#count -= last;
    if (this.#count === 1) return "none";
    const verdict = this.#compare(this.#first, book);
    this.#first = this.#slot(1);
    this.#count--;
    return verdict;
  }

  #slot(index: number): number {
    return (this.#first + index) % TOPS_MAX;
  }

  #idAt(index: number): number {
    return this.#ids[this.#slot(index)]!;
  }

  #push(top: TopOfBookFields): void {
    if (this.#count === TOPS_MAX) this.#count = 0;
    const slot = this.#slot(this.#count++);
    this.#ids[slot] = top.updateId;
    const words = this.#words;
    const at = slot * STRIDE;
    words[at] = top.bidPrice.lo;
    words[at + 1] = top.bidPrice.hi;
    words[at + 2] = top.bidQuantity.lo;
    words[at + 3] = top.bidQuantity.hi;
    words[at + 4] = top.askPrice.lo;
    words[at + 5] = top.askPrice.hi;
    words[at + 6] = top.askQuantity.lo;
    words[at + 7] = top.askQuantity.hi;
    this.#scales[slot * SCALES] = top.bidPrice.scale;
    this.#scales[slot * SCALES + 1] = top.bidQuantity.scale;
  }

  #compare(slot: number, book: OrderBook): TopVerdict {
    const { bids, asks } = book;
    const sameBid = book.bestBid(this.#price, this.#quantity) && this.#isBest(slot, 0);
    if (!sameBid && bids.count + asks.count === 0) return "none";
    const sameAsk = book.bestAsk(this.#price, this.#quantity) && this.#isBest(slot, 4);
    return sameBid && sameAsk ? "agrees" : "differs";
  }

  /** Whether the price and quantity that were read from the book are those of a top. */
  #isBest(slot: number, word: number): boolean {
    const words = this.#words;
    const at = slot * STRIDE + word;
    setCell(this.#topPrice, words[at]!, words[at + 1]!, this.#scales[slot * SCALES]!);
    setCell(this.#topQuantity, words[at + 2]!, words[at + 3]!, this.#scales[slot * SCALES + 1]!);
    return equal(this.#price, this.#topPrice) && equal(this.#quantity, this.#topQuantity);
  }
}

function setCell(cell: MantissaCell, lo: number, hi: number, scale: number): void {
  cell.lo = lo;
  cell.hi = hi;
  cell.scale = scale;
}

function equal(left: MantissaCell, right: MantissaCell): boolean {
  if (left.scale === right.scale) return (left.lo | 0) === (right.lo | 0) && (left.hi | 0) === (right.hi | 0);
  const scale = Math.max(left.scale, right.scale);
  return atScale(left, scale) === atScale(right, scale);
}

function atScale(cell: MantissaCell, scale: number): bigint {
  return cell.toBigInt() * 10n ** BigInt(scale - cell.scale);
}
