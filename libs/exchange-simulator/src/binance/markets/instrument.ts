export type ContractType = "PERPETUAL" | "CURRENT_QUARTER" | "NEXT_QUARTER" | "";

/**
 * One listed symbol. Prices are whole multiples of 10^-priceScale ("price units"), quantities of 10^-quantityScale
 * ("quantity units"): the simulator computes in these integers only and prints decimals at the very end.
 */
export interface SimulatedInstrument {
  readonly symbol: string;
  /** Futures: the symbol without its contract suffix; on spot the symbol itself. */
  readonly pair: string;
  readonly baseAsset: string;
  readonly quoteAsset: string;
  /** As the venue says it; only TRADING trades. */
  readonly status: string;
  /** Futures; the venue prints an empty text for some settling contracts. */
  readonly contractType: ContractType;
  /** Delivery of a dated contract; the venue's far-future constant for a perpetual. */
  readonly deliveryMillis: number;
  /** COIN-M: quote currency per contract. 0 elsewhere. */
  readonly contractSize: number;
  readonly priceScale: number;
  /** Price units per tick: BTCUSDT of USD-M has tick 0.10, scale 2, so 10. */
  readonly tickUnits: number;
  readonly quantityScale: number;
  readonly startPriceUnits: number;
  readonly medianQuantityUnits: number;
  /** Share of the market's trades, relative to the others. */
  readonly weight: number;
}

/** A line of a built-in symbol list. */
export interface InstrumentRow {
  readonly symbol: string;
  readonly base: string;
  readonly quote: string;
  /** As the venue prints it, trailing zeros included. */
  readonly tick: string;
  readonly price: number;
  readonly quantityScale: number;
  readonly medianQuantity: number;
  readonly weight: number;
  readonly contractSize?: number;
  readonly status?: string;
  readonly contractType?: ContractType;
}

/** The date that the futures give for contracts that never deliver (2100-12-25). */
const NEVER_DELIVERS_MILLIS = 4133404800000;
const DELIVERY_SUFFIX = /^(.+)_(\d{2})(\d{2})(\d{2})$/;
const DELIVERY_HOUR = 8;

/** Completes a row; a suffix `_YYMMDD` makes the delivery date (08:00 UTC, as on the venue). */
export function instrumentFromRow(row: InstrumentRow): SimulatedInstrument {
  const priceScale = row.tick.includes(".") ? row.tick.length - row.tick.indexOf(".") - 1 : 0;
  const tickUnits = Math.round(Number(row.tick) * 10 ** priceScale);
  const dated = DELIVERY_SUFFIX.exec(row.symbol);
  return {
    symbol: row.symbol,
    pair: dated ? dated[1]! : row.symbol.replace(/_PERP$/, ""),
    baseAsset: row.base,
    quoteAsset: row.quote,
    status: row.status ?? "TRADING",
    contractType: row.contractType ?? (dated ? "CURRENT_QUARTER" : "PERPETUAL"),
    deliveryMillis: dated
      ? Date.UTC(2000 + Number(dated[2]), Number(dated[3]) - 1, Number(dated[4]), DELIVERY_HOUR)
      : NEVER_DELIVERS_MILLIS,
    contractSize: row.contractSize ?? 0,
    priceScale,
    tickUnits,
    quantityScale: row.quantityScale,
    startPriceUnits: Math.max(1, Math.round((row.price * 10 ** priceScale) / tickUnits)) * tickUnits,
    medianQuantityUnits: Math.max(1, Math.round(row.medianQuantity * 10 ** row.quantityScale)),
    weight: row.weight,
  };
}

/** The next two quarterly delivery days after `nowMillis` as `YYMMDD`: last Fridays of March, June, September, December. */
export function quarterDeliveries(nowMillis: number): [current: string, next: string] {
  const found: string[] = [];
  const year = new Date(nowMillis).getUTCFullYear();
  for (let quarter = 0; found.length < 2; quarter++) {
    const lastDay = new Date(Date.UTC(year, quarter * 3 + 3, 0, DELIVERY_HOUR));
    const backToFriday = (lastDay.getUTCDay() + 2) % 7;
    const delivery = new Date(lastDay.getTime() - backToFriday * 86_400_000);
    if (delivery.getTime() > nowMillis) found.push(delivery.toISOString().slice(2, 10).replaceAll("-", ""));
  }
  return [found[0]!, found[1]!];
}

const QUOTE_ASSETS = ["FDUSD", "USDT", "USDC", "BUSD", "TUSD", "USD", "BTC", "ETH", "BNB", "EUR", "TRY"];

/** Splits a pair by a market's quote assets, by default the usual ones; the whole name is the base when none fits. */
export function splitPair(
  pair: string,
  quotes: readonly string[] = QUOTE_ASSETS,
): { base: string; quote: string } {
  for (const quote of quotes) {
    if (pair.length > quote.length && pair.endsWith(quote))
      return { base: pair.slice(0, -quote.length), quote };
  }
  return { base: pair, quote: "USDT" };
}

/** `2` gives `0.01`, 0 gives `1`. */
export function smallestTick(priceScale: number): string {
  return priceScale === 0 ? "1" : `0.${"1".padStart(priceScale, "0")}`;
}
