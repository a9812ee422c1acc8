import type { BookLevels, MantissaCell } from "@ims/common";
import {
  type CrossCheckResult,
  createTopOfBookFields,
  type JsonObject,
  type OpenFeed,
  OrderJoin,
  Unusable,
} from "@ims/integration-kit";
import type { BookFields, IntegrationContext, TopOfBookFields } from "@ims/traits";
import { createBookFields } from "../book/book-fields.js";
import { readBook } from "../decode/level-reader.js";
import type { BitstampRest } from "../rest/bitstamp-rest.js";
import type { BitstampFeed } from "./bitstamp-feed.js";

/** How much older than the venue's list the stream may be while it is alive, microseconds. */
const LAG_MICROS = 5_000_000;

/**
 * Best bid and ask, from the stream of the best 100 levels: each frame replaces all (bitstamp.md section 3.2), so
 * nothing has to be joined, and a lost frame is made good by the next. Passed on when they changed.
 */
export class TopOfBookFeed implements BitstampFeed {
  readonly #levels = createBookFields();
  readonly #top = createTopOfBookFields();
  readonly #join = new OrderJoin();
  #before = "";
  #lastMicros = 0;
  isClosed = false;

  constructor(
    private readonly feed: OpenFeed,
    private readonly rest: Pick<BitstampRest, "book">,
    private readonly context: IntegrationContext,
  ) {}

  read(event: string, data: JsonObject, receiveMicros: number): void {
    if (event !== "data") throw new Unusable("unexpected", `an event ${event.slice(0, 40)} among books`);
    const levels = this.#levels;
    readBook(data, this.feed.instrument, levels);
    const { asks, bids } = levels;
    if (bids.count > 0 && asks.count > 0 && bids.price(0) >= asks.price(0))
      throw new Unusable("unexpected", "the best bid is not below the best ask");
    this.feed.seen(receiveMicros);
    if (!this.#join.isNew(levels.lastUpdateId, receiveMicros)) return;
    this.#lastMicros = levels.lastUpdateId;
    const now = describeTop(levels);
    if (now === this.#before) return;
    this.#before = now;
    const top = this.#top;
    fillTop(levels, top);
    top.instrumentId = this.feed.instrumentId;
    top.receiveMicros = receiveMicros;
    this.context.sink.topOfBook(top);
  }

  /** The next frame is passed on whatever it says. */
  interrupted(): void {
    this.#before = "";
  }

  close(): void {
    this.isClosed = true;
  }

  showAgain(): void {
    this.#before = "";
  }

  async crossCheck(_silentMillis: number, signal: AbortSignal): Promise<CrossCheckResult> {
    const book = await this.rest.book(this.feed.instrument, signal);
    const isOlder = book.lastUpdateId <= this.#lastMicros + LAG_MICROS;
    return isOlder || describeTop(book) === this.#before
      ? { verdict: "quiet", text: "the venue's best prices are the same" }
      : { verdict: "dead", text: `${this.feed.stream} did not bring the venue's best prices` };
  }
}

function describeTop({ asks, bids, priceScale, quantityScale }: BookFields): string {
  return `${priceScale} ${quantityScale} ${best(bids)} ${best(asks)}`;
}

function best(side: BookLevels): string {
  return side.count === 0 ? "none" : `${side.price(0)}x${side.quantity(0)}`;
}

function fillTop({ asks, bids, lastUpdateId, priceScale, quantityScale }: BookFields, top: TopOfBookFields) {
  top.updateId = lastUpdateId;
  top.eventMicros = lastUpdateId;
  top.sendMicros = 0;
  top.flags = 0;
  top.hasBid = bids.count > 0;
  top.hasAsk = asks.count > 0;
  setLevel(bids, top.bidPrice, top.bidQuantity, priceScale, quantityScale);
  setLevel(asks, top.askPrice, top.askQuantity, priceScale, quantityScale);
}

function setLevel(
  side: BookLevels,
  price: MantissaCell,
  quantity: MantissaCell,
  priceScale: number,
  quantityScale: number,
): void {
  const isThere = side.count > 0;
  price.lo = isThere ? side.priceLo[0]! : 0;
  price.hi = isThere ? side.priceHi[0]! : 0;
  price.scale = priceScale;
  quantity.lo = isThere ? side.quantityLo[0]! : 0;
  quantity.hi = isThere ? side.quantityHi[0]! : 0;
  quantity.scale = quantityScale;
}
