import { MessageWriter, varintBytes } from "./message-writer.js";
import type { OutgoingLevels, OutgoingSummary, OutgoingVenueState } from "./messages.js";
import { SummaryTag as Tag } from "./summary-tags.js";

const STATE_NUMBERS = { WAITING: 0, FRESH: 1, SUSPECT: 2, STALE: 3 } as const;
/** Two tags with varints; of a level also the tag and the length that stand before it. */
const LEVEL_BYTES_MAX = 2 * 11 + 6;
const WORD_BITS = 32n;

/**
 * Encodes the summaries of one symbol straight from the columns of its levels: a general encoder would take objects and
 * spend more on making and reading them than the merge takes.
 */
export class SummaryEncoder {
  readonly #writer = new MessageWriter();
  /** A part of the message whose length stands before it. */
  readonly #part = new MessageWriter();
  /** Of each venue, the field that begins a level. */
  readonly #levelHeads: readonly Uint8Array[];
  readonly #headBytesMax: number;

  /** @param venues names, by the numbers that levels have */
  constructor(
    private readonly symbol: string,
    private readonly venues: readonly string[],
  ) {
    this.#levelHeads = venues.map(levelHead);
    this.#headBytesMax = Math.max(0, ...this.#levelHeads.map(({ length }) => length));
  }

  /** A `Summary` without its count of conflated states. */
  encode(summary: OutgoingSummary): Buffer {
    const writer = this.#writer;
    writer.begin();
    writer.textField(Tag.Symbol, this.symbol);
    writer.wholeField(Tag.PriceScale, summary.priceScale);
    writer.wholeField(Tag.QuantityScale, summary.quantityScale);
    this.#levels(Tag.Bids, summary.bids);
    this.#levels(Tag.Asks, summary.asks);
    if (summary.spread !== undefined) this.#signed(Tag.Spread, zigZag(summary.spread));
    if (summary.mid !== undefined) this.#signed(Tag.Mid, summary.mid);
    writer.wholeField(Tag.MidScale, summary.midScale);
    if (summary.crossed) writer.wholeField(Tag.Crossed, 1);
    if (summary.locked) writer.wholeField(Tag.Locked, 1);
    for (let index = 0; index < this.venues.length; index++) {
      this.#venue(this.venues[index]!, summary.venueStates[index]!);
    }
    writer.wholeField(Tag.Version, summary.version);
    return writer.finish();
  }

  #levels(tag: number, { count, levels, venues }: OutgoingLevels): void {
    const writer = this.#writer;
    const { priceHi, priceLo, quantityHi, quantityLo } = levels;
    writer.reserve(count * (this.#headBytesMax + LEVEL_BYTES_MAX));
    for (let at = 0; at < count; at++) {
      const head = this.#levelHeads[venues[at]!]!;
      const priceBytes = varintBytes(priceLo[at]!, priceHi[at]!);
      writer.octet(tag);
      writer.whole(head.length + 2 + priceBytes + varintBytes(quantityLo[at]!, quantityHi[at]!));
      writer.octets(head);
      writer.octet(Tag.LevelPrice);
      writer.words(priceLo[at]!, priceHi[at]!);
      writer.octet(Tag.LevelQuantity);
      writer.words(quantityLo[at]!, quantityHi[at]!);
    }
  }

  #signed(tag: number, value: bigint): void {
    this.#writer.reserve(LEVEL_BYTES_MAX);
    this.#writer.octet(tag);
    this.#writer.words(Number(BigInt.asIntN(32, value)), Number(BigInt.asIntN(32, value >> WORD_BITS)));
  }

  #venue(name: string, venue: OutgoingVenueState): void {
    const part = this.#part;
    part.begin();
    part.textField(Tag.VenueName, name);
    part.wholeField(Tag.VenueState, STATE_NUMBERS[venue.state]);
    part.textField(Tag.VenueReason, venue.reason);
    if (venue.ageMillis !== undefined) part.wholeField(Tag.VenueAge, venue.ageMillis);
    part.wholeField(Tag.VenueEvent, venue.eventMicros);
    part.wholeField(Tag.VenueFiltered, venue.filteredLevels);
    this.#writer.partField(Tag.Venues, part);
  }
}

function levelHead(venue: string): Uint8Array {
  const writer = new MessageWriter();
  writer.begin();
  writer.textField(Tag.LevelVenue, venue);
  return writer.finish();
}

/** A `sint64` as the unsigned number that stands for it. */
function zigZag(value: bigint): bigint {
  return value < 0n ? -2n * value - 1n : 2n * value;
}
