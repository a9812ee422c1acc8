import {
  ExchangeId,
  formatMantissa,
  type Instrument,
  type InstrumentKind,
  type InstrumentStatus,
} from "@ims/common";
import {
  type ExactDecimal,
  type JsonObject,
  type ListedSymbol,
  readText,
  SYMBOL_BYTES_MAX,
  symbolByteLength,
  Unusable,
  venueError,
} from "@ims/integration-kit";
import { exactObject, NumberText } from "./json/exact-json.js";
import { exactNumber, readNumber, readNumberIfGiven, readTimestamp } from "./json/number-fields.js";

/** What our instruments have no field for. */
export interface DeribitTerms {
  /** Of an option that is none of several legs. */
  readonly option: { readonly strike: ExactDecimal; readonly type: "call" | "put" } | undefined;
  /** Several legs traded as one: the price is a difference and may be negative. */
  readonly isCombo: boolean;
}

export interface DeribitListed extends ListedSymbol {
  readonly terms: DeribitTerms;
}

/** The venue's words for the state of an instrument (deribit.md section 4). Old lists have none. */
const STATUSES: Readonly<Record<string, InstrumentStatus>> = {
  open: "trading",
  settlement: "halted",
  inactive: "halted",
  locked: "halted",
  halted: "halted",
  delivered: "expired",
  closed: "expired",
  archivized: "expired",
};

const METHOD = "public/get_instruments";

/**
 * Reads the answer to `public/get_instruments`. A row that cannot be used is left out: it must not hide the others.
 * Throws `venue.bad-reply` for an answer without a usable row.
 *
 * @param exchange production's number or that of the test system
 */
export function readInstruments(
  body: unknown,
  exchange: ExchangeId,
): { readonly listed: ReadonlyMap<string, DeribitListed>; readonly skipped: readonly string[] } {
  const rows = exactObject(body)?.result;
  if (!Array.isArray(rows)) throw venueError("venue.bad-reply", `${METHOD} answered no list`);
  const listed = new Map<string, DeribitListed>();
  const skipped: string[] = [];
  for (const row of rows as unknown[]) {
    const fields = exactObject(row) ?? {};
    try {
      const entry = readRow(fields, exchange);
      listed.set(entry.instrument.symbol, entry);
    } catch (error) {
      if (!(error instanceof Unusable)) throw error;
      skipped.push(`${String(fields.instrument_name).slice(0, 64)}: ${error.message}`);
    }
  }
  if (listed.size === 0) throw venueError("venue.bad-reply", `${METHOD} lists nothing that can be read`);
  return { listed, skipped };
}

function readRow(row: JsonObject, exchange: ExchangeId): DeribitListed {
  const symbol = readText(row, "instrument_name");
  if (symbolByteLength(symbol) > SYMBOL_BYTES_MAX)
    throw new Unusable("unexpected", `the name is longer than ${SYMBOL_BYTES_MAX} octets`);
  const venueKind = readText(row, "kind");
  const kind = kindOf(venueKind, symbol, row);
  const base = readText(row, "base_currency");
  const quote = readText(row, "quote_currency");
  const isInverse = typeOf(row) === "reversed" && kind !== "option";
  const tick = smallestTick(row);
  const step = readNumber(row, "min_trade_amount");
  const venueStatus =
    typeof row.state === "string" ? row.state : row.is_active === true ? "open" : "inactive";
  const terms = readTerms(row, venueKind);
  const instrument: Instrument = {
    exchange,
    symbol,
    base,
    quote,
    settle: typeof row.settlement_currency === "string" ? row.settlement_currency : base,
    kind,
    status:
      row.is_active === false && STATUSES[venueStatus] === "trading"
        ? "halted"
        : (STATUSES[venueStatus] ?? "unknown"),
    priceScale: tick.scale,
    quantityScale: step.scale,
    priceIncrement: textOf(tick),
    quantityIncrement: textOf(step),
    // Amounts of inverse futures are in the quote currency itself (deribit.md section 4).
    ...(isInverse && { contractSize: "1" }),
    ...(kind !== "spot" &&
      kind !== "perpetual" && { expiryMicros: readTimestamp(row, "expiration_timestamp") }),
    ...(terms.option && { strike: textOf(terms.option.strike), optionType: terms.option.type }),
  };
  return { venueStatus, instrument, terms };
}

function kindOf(kind: string, symbol: string, { settlement_period: period }: JsonObject): InstrumentKind {
  switch (kind) {
    case "spot":
      return "spot";
    case "option":
    case "option_combo":
      return "option";
    case "future":
      return period === "perpetual" || symbol.endsWith("-PERPETUAL") ? "perpetual" : "future";
    case "future_combo":
      return "future";
    default:
      throw new Unusable("unexpected", `its kind is ${JSON.stringify(kind.slice(0, 20))}`);
  }
}

/** Old lists name no type; their futures in dollars were all inverse. */
function typeOf(row: JsonObject): unknown {
  return row.instrument_type ?? row.future_type ?? (row.quote_currency === "USD" ? "reversed" : "linear");
}

function readTerms(row: JsonObject, kind: string): DeribitTerms {
  const isCombo = kind.endsWith("_combo");
  const type = row.option_type;
  if (kind !== "option" || (type !== "call" && type !== "put")) return { option: undefined, isCombo };
  return { option: { strike: readNumber(row, "strike"), type }, isCombo };
}

/** The tick of an option depends on its price: `tick_size` is that of the lowest ones. */
function smallestTick(row: JsonObject): ExactDecimal {
  const ticks = [readNumber(row, "tick_size")];
  const steps = Array.isArray(row.tick_size_steps) ? (row.tick_size_steps as unknown[]) : [];
  for (const step of steps) {
    const tick = readNumberIfGiven(exactObject(step) ?? {}, "tick_size");
    if (tick) ticks.push(tick);
  }
  return ticks.reduce((least, tick) => (isBelow(tick, least) ? tick : least));
}

function isBelow(left: ExactDecimal, right: ExactDecimal): boolean {
  return left.mantissa * 10n ** BigInt(right.scale) < right.mantissa * 10n ** BigInt(left.scale);
}

function textOf({ mantissa, scale }: ExactDecimal): string {
  return formatMantissa(mantissa, scale);
}

/**
 * What a name tells, for one that no list has: `XRP_USDC-30JUN23-0d625-C` is a call whose strike has `d` for the decimal
 * point, `BTC-FS-25DEC26_PERP` has a code of a combo in second place.
 */
export function termsOfName(symbol: string): DeribitTerms {
  const [, second = ""] = symbol.split("-");
  const isCombo = /^[A-Z]+$/.test(second) && second !== "PERPETUAL";
  const found = /-([0-9]+(?:d[0-9]+)?)-([CP])$/.exec(symbol);
  if (!found || isCombo) return { option: undefined, isCombo };
  const strike = exactNumber(new NumberText(found[1]!.replace("d", ".")), "the strike");
  return { option: { strike, type: found[2] === "C" ? "call" : "put" }, isCombo };
}
