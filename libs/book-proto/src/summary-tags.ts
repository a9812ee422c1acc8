const VARINT = 0;
/** With its length before it. */
const BYTES = 2;
const tag = (field: number, type: number) => (field << 3) | type;
/** Field number and wire type of `Summary`, `Level` and `VenueState` in `proto/order_books.proto`. */
export const SummaryTag = {
  Symbol: tag(1, BYTES),
  PriceScale: tag(2, VARINT),
  QuantityScale: tag(3, VARINT),
  Bids: tag(4, BYTES),
  Asks: tag(5, BYTES),
  Spread: tag(6, VARINT),
  Mid: tag(7, VARINT),
  MidScale: tag(8, VARINT),
  Crossed: tag(9, VARINT),
  Locked: tag(10, VARINT),
  Venues: tag(11, BYTES),
  Version: tag(12, VARINT),
  Conflated: tag(13, VARINT),
  LevelVenue: tag(1, BYTES),
  LevelPrice: tag(2, VARINT),
  LevelQuantity: tag(3, VARINT),
  VenueName: tag(1, BYTES),
  VenueState: tag(2, VARINT),
  VenueReason: tag(3, BYTES),
  VenueAge: tag(4, VARINT),
  VenueEvent: tag(5, VARINT),
  VenueFiltered: tag(6, VARINT),
} as const;
