import { RecordFlags } from "@ims/common";
import {
  type CrossCheckResult,
  createBookFields,
  type JsonObject,
  type OpenFeed,
  OrderJoin,
  Unusable,
} from "@ims/integration-kit";
import type { BookFields, IntegrationContext } from "@ims/traits";
import { venueChannelOf } from "../channels.js";
import { readBook } from "../decode/level-reader.js";
import type { BitstampRest } from "../rest/bitstamp-rest.js";
import type { BitstampFeed } from "./bitstamp-feed.js";
import { isCrossed } from "./top-fields.js";

/** How much older than the venue's book the stream may be while it is alive, microseconds. */
const LAG_MICROS = 5_000_000;

/**
 * The best levels of a book, as a whole book at every frame (bitstamp.md section 3.2): all that the venue sends, which is
 * at most 100 a side, whatever smaller depth was asked for. Nothing has to be joined, and a lost frame is made good by
 * the next. Silent while the whole book of the instrument runs.
 */
export class BestLevelsFeed implements BitstampFeed {
  readonly #levels = createBookFields();
  readonly #join = new OrderJoin();
  #lastMicros = 0;
  isClosed = false;

  constructor(
    private readonly feed: OpenFeed,
    private readonly rest: Pick<BitstampRest, "book">,
    private readonly context: Pick<IntegrationContext, "sink">,
    private readonly isWholeBookRunning: () => boolean,
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
    if (this.isWholeBookRunning()) return;
    levels.instrumentId = this.feed.instrumentId;
    levels.receiveMicros = receiveMicros;
    levels.flags = RecordFlags.Snapshot | RecordFlags.LastInEvent;
    // Whether the venue has more levels cannot be seen: what was sent is all that is known.
    levels.horizon = Math.max(levels.bids.count, levels.asks.count);
    this.context.sink.bookSnapshot(levels);
  }

  close(): void {
    this.isClosed = true;
  }

  async crossCheck(_silentMillis: number, signal: AbortSignal): Promise<CrossCheckResult> {
    const book = await this.rest.book(this.feed.instrument, signal);
    return book.lastUpdateId <= this.#lastMicros + LAG_MICROS
      ? { verdict: "quiet", text: "the venue's book has no later change" }
      : { verdict: "dead", text: `${venueChannelOf(this.feed.stream)} did not bring the venue's book` };
  }
}
