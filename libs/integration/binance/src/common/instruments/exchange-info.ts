import { Decimal, type Instrument } from "@ims/common";
import {
  asObject,
  type JsonObject,
  type ListedSymbol,
  SYMBOL_BYTES_MAX,
  symbolByteLength,
  venueError,
} from "@ims/integration-kit";
import type { BinanceHosts, BinanceSymbolRules } from "../market/binance-market.js";

export interface ExchangeInfo {
  readonly listed: ReadonlyMap<string, ListedSymbol>;
  /** Rows that could not be used, at most ten with their reason. */
  readonly skippedCount: number;
  readonly skipped: readonly string[];
}

const SKIPPED_SHOWN_MAX = 10;
/** Control characters, quotes and backslashes would need escapes in frames; no symbol has any. */
const UNPRINTABLE = /[\p{Cc}"\\]/u;

/**
 * Reads an `exchangeInfo` body. Scales come from the filters, not from the `…Precision` fields, which are wider than
 * the increments [Filters, PRICE_FILTER, LOT_SIZE]. A row that cannot be used is skipped and told; throws
 * `venue.bad-reply` when there is no list of symbols at all, or nothing in it can be used.
 */
export function readExchangeInfo(
  body: unknown,
  hosts: BinanceHosts,
  rules: BinanceSymbolRules,
): ExchangeInfo {
  const rows = asObject(body)?.symbols;
  if (!Array.isArray(rows)) {
    throw venueError("venue.bad-reply", "exchangeInfo has no list named symbols");
  }
  const listed = new Map<string, ListedSymbol>();
  const skipped: string[] = [];
  let skippedCount = 0;
  for (const row of rows as unknown[]) {
    const read = readRow(row, hosts, rules);
    if (typeof read === "string") {
      skippedCount++;
      if (skipped.length < SKIPPED_SHOWN_MAX) skipped.push(read);
    } else {
      listed.set(read.instrument.symbol, read);
    }
  }
  if (listed.size === 0) {
    throw venueError(
      "venue.bad-reply",
      `exchangeInfo lists no usable symbol among ${rows.length}: ${skipped[0] ?? ""}`,
    );
  }
  return { listed, skippedCount, skipped };
}

/** A listed symbol, or why the row is skipped. */
function readRow(value: unknown, hosts: BinanceHosts, rules: BinanceSymbolRules): ListedSymbol | string {
  const row = asObject(value);
  const symbol = row?.symbol;
  if (!row || typeof symbol !== "string" || symbol === "") return "a row without symbol";
  if (UNPRINTABLE.test(symbol)) return `${JSON.stringify(symbol)} has characters that no symbol has`;
  if (symbolByteLength(symbol) > SYMBOL_BYTES_MAX)
    return `${symbol} is longer than ${SYMBOL_BYTES_MAX} bytes`;
  const { baseAsset, quoteAsset } = row;
  const settle = row[rules.settleKey];
  if (typeof baseAsset !== "string" || typeof quoteAsset !== "string" || typeof settle !== "string") {
    return `${symbol} lacks an asset`;
  }
  const price = increment(row, "PRICE_FILTER", "tickSize", "pricePrecision", "quotePrecision");
  const quantity = increment(row, "LOT_SIZE", "stepSize", "quantityPrecision", "baseAssetPrecision");
  if (!price || !quantity) return `${symbol} has no price or quantity increment`;
  const venueStatus = text(row[rules.statusKey]);
  const kind = kindOf(symbol, row, rules);
  const instrument: Instrument = {
    exchange: hosts.exchange,
    symbol,
    base: baseAsset,
    quote: quoteAsset,
    settle,
    kind,
    status: Object.hasOwn(rules.statuses, venueStatus) ? rules.statuses[venueStatus]! : "unknown",
    priceScale: scaleOf(price),
    quantityScale: scaleOf(quantity),
    priceIncrement: price,
    quantityIncrement: quantity,
    ...(rules.hasContractSize && contractSize(row)),
    ...(kind === "future" && expiry(row)),
  };
  return { instrument, venueStatus };
}

/** Canonical text of the filter's increment; 10^-precision where the filter says "0", which means no rule. */
function increment(
  row: JsonObject,
  filterType: string,
  field: string,
  ...precisionKeys: readonly string[]
): string | undefined {
  const filters: unknown[] = Array.isArray(row.filters) ? row.filters : [];
  const filter = filters.map(asObject).find((candidate) => candidate?.filterType === filterType);
  const declared = positiveDecimal(filter?.[field]);
  if (declared !== undefined) return declared;
  const precision = precisionKeys.map((key) => row[key]).find((found) => typeof found === "number");
  if (!Number.isInteger(precision) || (precision as number) < 0 || (precision as number) > 18)
    return undefined;
  return Decimal.of(1n, precision as number).toString();
}

function positiveDecimal(value: unknown): string | undefined {
  if (typeof value !== "string" && typeof value !== "number") return undefined;
  try {
    const decimal = Decimal.parse(String(value));
    return decimal.compare(Decimal.zero) > 0 ? decimal.toString() : undefined;
  } catch {
    return undefined;
  }
}

/** Digits after the point of a canonical text. */
function scaleOf(canonical: string): number {
  const pointAt = canonical.indexOf(".");
  return pointAt < 0 ? 0 : canonical.length - pointAt - 1;
}

function kindOf(symbol: string, row: JsonObject, rules: BinanceSymbolRules): Instrument["kind"] {
  if (!rules.contractKinds) return "spot";
  const type = text(row.contractType);
  if (Object.hasOwn(rules.contractKinds, type)) return rules.contractKinds[type]!;
  // Delivery contracts end in their date, for example BTCUSDT_260925.
  return /_[0-9]{6}$/.test(symbol) ? "future" : "perpetual";
}

function contractSize(row: JsonObject): { contractSize: string } | undefined {
  const size = positiveDecimal(row.contractSize);
  return size === undefined ? undefined : { contractSize: size };
}

/** Perpetual contracts carry a delivery date as well, in the year 2100; callers ask only for dated ones. */
function expiry(row: JsonObject): { expiryMicros: number } | undefined {
  const millis = row.deliveryDate;
  return Number.isSafeInteger(millis) && (millis as number) > 0 && (millis as number) < 1e13
    ? { expiryMicros: (millis as number) * 1000 }
    : undefined;
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
