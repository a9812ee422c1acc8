import type { MergedBook, MergedLevels, VenueBook, VenueState } from "@ims/book-merge";
import { BookCondition, type Clock, exchangeIdOf, FeedState, RecordFlags } from "@ims/common";
import { v2 } from "@ims/sbe";

/** Only what is Live is merged; a book that may be wrong is one of which records are missing. */
const STATES: Readonly<Record<VenueState, FeedState>> = {
  waiting: FeedState.Starting,
  fresh: FeedState.Live,
  suspect: FeedState.Stale,
  stale: FeedState.Stale,
};
const FLAGS = RecordFlags.Snapshot | RecordFlags.LastInEvent;

/** Octets of message 230 for a merged book as it is now. */
export function mergedRecordBytes({ asks, bids, venues }: MergedBook): number {
  const counts = { bids: bids.count, asks: asks.count, venues: venues.length };
  return v2.MergedBookEncoder.encodedLengthFor(counts);
}

/**
 * Writes merged books as message 230. The octets depend on nothing but the book, the signs of life of its venues and
 * the time that the clock gives, so equal input gives equal output.
 */
export class MergedRecordEncoder {
  readonly #encoder = new v2.MergedBookEncoder();

  constructor(private readonly clock: Clock) {}

  /**
   * Writes at `view[at, at + mergedRecordBytes(book))`. The exchange is 0; the time of the event is that of the newest
   * record of a merged venue.
   * @param instrumentId number of the symbol, see {@link symbolNumber}
   * @throws ImsError `sbe.text-too-long` for a symbol of more than 32 octets; `sbe.*` without room
   */
  encode(view: DataView, at: number, book: MergedBook, instrumentId: number): void {
    const { clock } = this;
    const publishMicros = clock.nowMicros();
    const nowMillis = clock.monotonicMillis();
    const encoder = this.#encoder.wrapAndApplyHeader(view, at);
    const { eventMicros, heardMillis } = newest(book.venues);
    if (eventMicros === 0) encoder.eventTimeNull();
    else encoder.eventTimeNumber(eventMicros);
    encoder
      .sendTimeNull()
      .receiveTimeNumber(publishMicros - ageMicros(nowMillis, heardMillis ?? nowMillis))
      .publishTimeNumber(publishMicros)
      .instrumentId(instrumentId)
      .exchangeId(0)
      .priceScale(book.priceScale)
      .quantityScale(book.quantityScale)
      .flags(eventMicros === 0 ? FLAGS | RecordFlags.VenueTimeMissing : FLAGS)
      .symbol(book.symbol);
    const spread = book.spread();
    if (spread === undefined) encoder.spreadNull();
    else encoder.spread(spread.mantissa);
    encoder.horizon(book.depth).condition(book.condition & CONDITIONS);
    writeLevels(encoder.bidsCount(book.bids.count), book, book.bids);
    writeLevels(encoder.asksCount(book.asks.count), book, book.asks);
    const venues = encoder.venuesCount(book.venues.length);
    for (const { heardMillis: heard, instrumentId: number, state, venue } of book.venues) {
      const entry = venues.next();
      if (heard === undefined) entry.ageNull();
      else entry.ageNumber(ageMicros(nowMillis, heard));
      entry
        .instrumentId(number)
        .exchangeId(exchangeIdOf(venue) ?? 0)
        .state(STATES[state]);
    }
  }
}

const CONDITIONS = BookCondition.Crossed | BookCondition.Locked | BookCondition.VenueMissing;

type LevelsEncoder = ReturnType<v2.MergedBookEncoder["bidsCount" | "asksCount"]>;

function writeLevels(
  encoder: LevelsEncoder,
  book: MergedBook,
  { count, levels, venues }: MergedLevels,
): void {
  for (let at = 0; at < count; at++) {
    encoder
      .next()
      .price(levels.price(at))
      .quantity(levels.quantity(at))
      .exchangeId(exchangeIdOf(book.venues[venues[at]!]!.venue) ?? 0);
  }
}

/** Of the venues that are merged; 0 and undefined while none is. */
function newest(venues: readonly VenueBook[]): { eventMicros: number; heardMillis: number | undefined } {
  let eventMicros = 0;
  let heardMillis: number | undefined;
  for (const venue of venues) {
    if (!venue.isFresh) continue;
    eventMicros = Math.max(eventMicros, venue.eventMicros);
    if (venue.heardMillis !== undefined) heardMillis = Math.max(heardMillis ?? 0, venue.heardMillis);
  }
  return { eventMicros, heardMillis };
}

function ageMicros(nowMillis: number, thenMillis: number): number {
  return Math.max(0, Math.round((nowMillis - thenMillis) * 1000));
}

/** The number of a canonical symbol in the merged stream: FNV-1a of its name, so it stays what it is for ever. */
export function symbolNumber(symbol: string): number {
  let hash = 0x811c9dc5;
  for (const octet of new TextEncoder().encode(symbol)) hash = Math.imul(hash ^ octet, 0x01000193);
  return hash >>> 0;
}
