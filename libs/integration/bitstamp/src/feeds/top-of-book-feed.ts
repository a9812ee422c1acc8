import {
  type CrossCheckResult,
  createBookFields,
  createTopOfBookFields,
  type JsonObject,
  type OpenFeed,
  OrderJoin,
  Unusable,
} from "@ims/integration-kit";
import type { BookFields, IntegrationContext } from "@ims/traits";
import { readBook } from "../decode/level-reader.js";
import type { BitstampRest } from "../rest/bitstamp-rest.js";
import type { BitstampFeed } from "./bitstamp-feed.js";
import { fillTop, isCrossed, isSameTop } from "./top-fields.js";

/** How much older than the venue's list the stream may be while it is alive, microseconds. */
const LAG_MICROS = 5_000_000;

/**
 * Best bid and ask, from the stream of the best 100 levels: each frame replaces all (bitstamp.md section 3.2), so
 * nothing has to be joined, and a lost frame is made good by the next. Passed on when they changed.
 */
export class TopOfBookFeed implements BitstampFeed {
  readonly #levels = createBookFields();
  /** What was passed on last, and what may be next. */
  #shown = createTopOfBookFields();
  #next = createTopOfBookFields();
  readonly #join = new OrderJoin();
  #isShown = false;
  #lastMicros = 0;
  isClosed = false;

  constructor(
    private readonly feed: OpenFeed,
    private readonly rest: Pick<BitstampRest, "book">,
    private readonly context: IntegrationContext,
  ) {}

  read(event: string, data: JsonObject, receiveMicros: number): void {
    if (event !== "data") throw new Unusable("unexpected", `an event ${event.slice(0, 40)} among books`);
    readBook(data, this.feed.instrument, this.#levels);
    this.takeBook(this.#levels, receiveMicros);
  }

  takeBook(levels: BookFields, receiveMicros: number): void {
    if (isCrossed(levels)) throw new Unusable("unexpected", "the best bid is not below the best ask");
    this.feed.seen(receiveMicros);
    if (!this.#join.isNew(levels.lastUpdateId, receiveMicros)) return;
    this.#lastMicros = levels.lastUpdateId;
    const top = this.#next;
    fillTop(levels, top);
    if (this.#isShown && isSameTop(top, this.#shown)) return;
    top.instrumentId = this.feed.instrumentId;
    top.receiveMicros = receiveMicros;
    this.#isShown = true;
    [this.#shown, this.#next] = [top, this.#shown];
    this.context.sink.topOfBook(top);
  }

  /** The next frame is passed on whatever it says. */
  interrupted(): void {
    this.#isShown = false;
  }

  close(): void {
    this.isClosed = true;
  }

  showAgain(): void {
    this.#isShown = false;
  }

  async crossCheck(_silentMillis: number, signal: AbortSignal): Promise<CrossCheckResult> {
    const book = await this.rest.book(this.feed.instrument, signal);
    const listed = createTopOfBookFields();
    fillTop(book, listed);
    const isOlder = book.lastUpdateId <= this.#lastMicros + LAG_MICROS;
    return isOlder || (this.#isShown && isSameTop(listed, this.#shown))
      ? { verdict: "quiet", text: "the venue's best prices are the same" }
      : { verdict: "dead", text: `${this.feed.stream} did not bring the venue's best prices` };
  }
}
