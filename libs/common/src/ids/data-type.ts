/** Data types as they stand in messages: 0 to 2 are the reference system's, 16 upwards this project's. Frozen. */
export const DataType = {
  Unknown: 0,
  Trade: 1,
  Bar: 2,
  TopOfBook: 16,
  Book: 17,
  MarkPrice: 18,
  Liquidation: 19,
  OptionTicker: 20,
  Ticker: 21,
  Order: 22,
} as const;

export type DataType = (typeof DataType)[keyof typeof DataType];

const NAMES: Readonly<Record<number, string>> = {
  0: "unknown",
  1: "trades",
  2: "bars",
  16: "top-of-book",
  17: "book",
  18: "mark-price",
  19: "liquidations",
  20: "option-tickers",
  21: "tickers",
  22: "orders",
};

/** The topic name of a data type, for example `trades`; undefined for an unknown number. */
export function dataTypeName(id: number): string | undefined {
  return NAMES[id];
}
