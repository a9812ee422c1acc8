import type { MarketMessageType } from "../../records/market-message.js";

const WHERE = ["exchange", "symbol"] as const;
const WHEN = ["eventMicros", "receiveMicros"] as const;
const PLACE = ["flags", "partitionId", "offset"] as const;

/** Columns of the CSV form of each message, as paths; the names are those of the JSON form. */
export const CSV_FIELDS: Readonly<
  Record<Exclude<MarketMessageType, "book-snapshot" | "book-delta">, readonly string[]>
> = {
  trade: [...WHEN, ...WHERE, "tradeId", "price", "quantity", "aggressor", "kind", ...PLACE],
  bar: [
    "openMicros",
    "closeMicros",
    ...WHERE,
    "resolution",
    "state",
    "open",
    "high",
    "low",
    "close",
    "volume",
    "quoteVolume",
    "takerVolume",
    "tradeCount",
    ...PLACE,
  ],
  "top-of-book": [
    ...WHEN,
    ...WHERE,
    "updateId",
    "bid.price",
    "bid.quantity",
    "ask.price",
    "ask.quantity",
    ...PLACE,
  ],
  "mark-price": [
    ...WHEN,
    ...WHERE,
    "markPrice",
    "indexPrice",
    "settlementEstimate",
    "fundingRate",
    "nextFundingMicros",
    ...PLACE,
  ],
  liquidation: [
    ...WHEN,
    ...WHERE,
    "side",
    "status",
    "price",
    "averagePrice",
    "quantity",
    "filledQuantity",
    ...PLACE,
  ],
  ticker: [
    ...WHEN,
    ...WHERE,
    "open",
    "high",
    "low",
    "last",
    "volume",
    "quoteVolume",
    "windowStartMicros",
    "tradeCount",
    ...PLACE,
  ],
  gap: [
    "publishMicros",
    ...WHERE,
    "data",
    "resolution",
    "reason",
    "fromId",
    "toId",
    "fromMicros",
    "toMicros",
    "missingCount",
    "filledCount",
    ...PLACE,
  ],
  "feed-status": ["publishMicros", ...WHERE, "data", "resolution", "state", "sinceMicros", "text", ...PLACE],
};
