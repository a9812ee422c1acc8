import { v2 } from "@ims/sbe";
import { head } from "./sample-states.js";

/** A venue of a sample: a number of `ExchangeId`, its state, and the time since it was heard. */
export interface SampleVenue {
  readonly exchangeId: number;
  readonly state: number;
  readonly ageMicros?: number;
}

export interface SampleMergedBook {
  readonly symbol: string;
  /** Bits of `BookCondition`. */
  readonly condition?: number;
  /** The third number is that of the exchange. */
  readonly bids?: readonly (readonly [price: bigint, quantity: bigint, exchangeId: number])[];
  readonly asks?: readonly (readonly [price: bigint, quantity: bigint, exchangeId: number])[];
  readonly spread?: bigint;
  readonly venues?: readonly SampleVenue[];
}

/** One encoded MergedBook of 20 levels a side, header first. */
export function encodeMergedBook({
  symbol,
  condition = 0,
  bids = [],
  asks = [],
  spread,
  venues = [],
}: SampleMergedBook): Uint8Array {
  const counts = { bids: bids.length, asks: asks.length, venues: venues.length };
  const bytes = new Uint8Array(v2.MergedBookEncoder.encodedLengthFor(counts));
  const encoder = new v2.MergedBookEncoder().wrapAndApplyHeader(new DataView(bytes.buffer), 0);
  head(encoder, symbol, 7).exchangeId(0).horizon(20).condition(condition);
  if (spread === undefined) encoder.spreadNull();
  else encoder.spread(spread);
  const bidGroup = encoder.bidsCount(bids.length);
  for (const [price, quantity, exchangeId] of bids)
    bidGroup.next().price(price).quantity(quantity).exchangeId(exchangeId);
  const askGroup = encoder.asksCount(asks.length);
  for (const [price, quantity, exchangeId] of asks)
    askGroup.next().price(price).quantity(quantity).exchangeId(exchangeId);
  const venueGroup = encoder.venuesCount(venues.length);
  for (const { exchangeId, state, ageMicros } of venues) {
    venueGroup
      .next()
      .exchangeId(exchangeId)
      .state(state)
      .instrumentId(100 + exchangeId);
    if (ageMicros === undefined) venueGroup.ageNull();
    else venueGroup.ageNumber(ageMicros);
  }
  return bytes;
}
