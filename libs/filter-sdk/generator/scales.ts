/** Which field of a message holds the scale of a mantissa: the schema says it in words only. */
const SCALES: Readonly<Record<string, readonly string[]>> = {
  priceScale: [
    "price",
    "open",
    "high",
    "low",
    "close",
    "last",
    "bidPrice",
    "askPrice",
    "lastPrice",
    "markPrice",
    "indexPrice",
    "averagePrice",
    "underlyingPrice",
    "settlementEstimate",
    "strike",
    "spread",
    "priceIncrement",
    "value",
    "vwap",
    "twap",
  ],
  quantityScale: [
    "quantity",
    "bidQuantity",
    "askQuantity",
    "filledQuantity",
    "originalQuantity",
    "volume",
    "takerVolume",
    "sellVolume",
    "openInterest",
    "quantityIncrement",
  ],
  quoteScale: ["quoteVolume"],
  fundingScale: ["fundingRate"],
  contractScale: ["contractSize"],
};

const SCALE_OF = new Map(
  Object.entries(SCALES).flatMap(([scale, fields]) => fields.map((field) => [field, scale] as const)),
);

/** @throws Error for a mantissa that has no rule yet */
export function scaleOf(field: string): string {
  const scale = SCALE_OF.get(field);
  if (scale === undefined) throw new Error(`no rule says which scale the mantissa "${field}" has: add one`);
  return scale;
}
