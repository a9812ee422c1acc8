import { MessageReader } from "./message-reader.js";
import type { LevelMessage, SummaryMessage, VenueStateMessage } from "./messages.js";
import { SummaryTag as Tag } from "./summary-tags.js";

/** By number; a state of a later protocol says of a venue no more than that it is not merged. */
const STATES = ["WAITING", "FRESH", "SUSPECT", "STALE"] as const;
const STATE_UNKNOWN = "SUSPECT";
type Writable<Type> = { -readonly [Key in keyof Type]: Type[Key] };

const reader = new MessageReader();

/**
 * Decodes a `Summary`. Fields that are not known are passed over, absent ones have their defaults.
 * @throws RangeError for bytes that are no protobuf message
 */
export function decodeSummary(bytes: Buffer): SummaryMessage {
  reader.begin(bytes);
  const bids: LevelMessage[] = [];
  const asks: LevelMessage[] = [];
  const venues: VenueStateMessage[] = [];
  const summary: Writable<SummaryMessage> = {
    symbol: "",
    priceScale: 0,
    quantityScale: 0,
    bids,
    asks,
    midScale: 0,
    crossed: false,
    locked: false,
    venues,
    version: "0",
    conflated: "0",
  };
  while (!reader.isAtEnd) {
    const tag = reader.uint32();
    if (tag === Tag.Bids) bids.push(readLevel());
    else if (tag === Tag.Asks) asks.push(readLevel());
    else if (tag === Tag.Venues) venues.push(readVenue());
    else readField(tag, summary);
  }
  return summary;
}

function readField(tag: number, summary: Writable<SummaryMessage>): void {
  switch (tag) {
    case Tag.Symbol:
      summary.symbol = reader.name();
      return;
    case Tag.PriceScale:
      summary.priceScale = reader.uint32();
      return;
    case Tag.QuantityScale:
      summary.quantityScale = reader.uint32();
      return;
    case Tag.Spread:
      summary.spread = reader.sint64();
      return;
    case Tag.Mid:
      summary.mid = reader.int64();
      return;
    case Tag.MidScale:
      summary.midScale = reader.uint32();
      return;
    case Tag.Crossed:
      summary.crossed = reader.bool();
      return;
    case Tag.Locked:
      summary.locked = reader.bool();
      return;
    case Tag.Version:
      summary.version = reader.uint64();
      return;
    case Tag.Conflated:
      summary.conflated = reader.uint64();
      return;
    default:
      reader.skip(tag);
  }
}

function readLevel(): LevelMessage {
  const outer = reader.enter();
  let venue = "";
  let price = "0";
  let quantity = "0";
  while (!reader.isAtEnd) {
    const tag = reader.uint32();
    if (tag === Tag.LevelVenue) venue = reader.name();
    else if (tag === Tag.LevelPrice) price = reader.int64();
    else if (tag === Tag.LevelQuantity) quantity = reader.int64();
    else reader.skip(tag);
  }
  reader.leave(outer);
  return { venue, price, quantity };
}

function readVenue(): VenueStateMessage {
  const outer = reader.enter();
  const venue: Writable<VenueStateMessage> = {
    venue: "",
    state: "WAITING",
    reason: "",
    eventMicros: "0",
    filteredLevels: "0",
  };
  while (!reader.isAtEnd) {
    const tag = reader.uint32();
    if (tag === Tag.VenueName) venue.venue = reader.name();
    else if (tag === Tag.VenueState) venue.state = STATES[reader.uint32()] ?? STATE_UNKNOWN;
    else if (tag === Tag.VenueReason) venue.reason = reader.text();
    else if (tag === Tag.VenueAge) venue.ageMillis = reader.uint64();
    else if (tag === Tag.VenueEvent) venue.eventMicros = reader.uint64();
    else if (tag === Tag.VenueFiltered) venue.filteredLevels = reader.uint64();
    else reader.skip(tag);
  }
  reader.leave(outer);
  return venue;
}
