/**
 * Exchange ids as they stand in messages and stream names. 1 to 9 are the reference system's;
 * 10 upwards are this project's. Numbers are frozen.
 */
export const ExchangeId = {
  None: 0,
  Kraken: 1,
  Coinbase: 2,
  Vex: 3,
  BinanceSpot: 4,
  BinanceSpotTestnet: 5,
  BinanceCoinMarginFuture: 6,
  BinanceCoinMarginFutureTestnet: 7,
  BinanceUsdMarginFuture: 8,
  BinanceUsdMarginFutureTestnet: 9,
  Bitstamp: 10,
  Deribit: 12,
  DeribitTestnet: 13,
} as const;

export type ExchangeId = (typeof ExchangeId)[keyof typeof ExchangeId];

const NAMES = new Map<number, string>(
  Object.entries(ExchangeId).map(([key, id]) => [id, key.toLowerCase()] as const),
);
const IDS = new Map<string, ExchangeId>(
  Object.entries(ExchangeId).map(([key, id]) => [key.toLowerCase(), id] as const),
);

/** Lower-case name used in stream names, for example `binancespot`; undefined for an unknown number. */
export function exchangeName(id: number): string | undefined {
  return NAMES.get(id);
}

/** The id of a lower-case name; undefined for an unknown name. */
export function exchangeIdOf(name: string): ExchangeId | undefined {
  return IDS.get(name.toLowerCase());
}
