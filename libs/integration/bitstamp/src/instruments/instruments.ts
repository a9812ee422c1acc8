import { ExchangeId, type Instrument, type InstrumentStatus } from "@ims/common";
import {
  asObject,
  type JsonObject,
  type ListedSymbol,
  readText,
  readWhole,
  SYMBOL_BYTES_MAX,
  symbolByteLength,
  Unusable,
  venueError,
} from "@ims/integration-kit";

/** The venue's words for the state of a market. */
const STATUSES: Readonly<Record<string, InstrumentStatus>> = { Enabled: "trading", Disabled: "halted" };
const SCALE_MAX = 18;

/**
 * Reads the answer to `/markets/` or to the older `/trading-pairs-info/` (bitstamp.md section 1): both name the same
 * markets, the older list only spot pairs. Throws `venue.bad-reply` for what is no list, or lists nothing readable.
 * One bad row does not hide the others.
 */
export function readInstruments(body: unknown, path: string): ReadonlyMap<string, ListedSymbol> {
  if (!Array.isArray(body)) throw venueError("venue.bad-reply", `${path} answered no list`);
  const listed = new Map<string, ListedSymbol>();
  for (const row of body as unknown[]) {
    const entry = readMarket(row);
    if (entry) listed.set(entry.instrument.symbol, entry);
  }
  if (listed.size === 0) throw venueError("venue.bad-reply", `${path} lists nothing that can be read`);
  return listed;
}

function readMarket(row: unknown): ListedSymbol | undefined {
  const fields = asObject(row);
  if (!fields) return undefined;
  try {
    const symbol = readText(fields, "market_symbol" in fields ? "market_symbol" : "url_symbol");
    if (symbol === "" || symbolByteLength(symbol) > SYMBOL_BYTES_MAX) return undefined;
    const venueStatus = readText(fields, "trading");
    const [base, quote] = readAssets(fields);
    const priceScale = readScale(fields, "counter_decimals");
    const quantityScale = readScale(fields, "base_decimals");
    const instrument: Instrument = {
      exchange: ExchangeId.Bitstamp,
      symbol,
      base,
      quote,
      settle: quote,
      kind: fields.market_type === "PERPETUAL" ? "perpetual" : "spot",
      status: STATUSES[venueStatus] ?? "unknown",
      priceScale,
      quantityScale,
      priceIncrement: increment(priceScale),
      quantityIncrement: increment(quantityScale),
    };
    return { venueStatus, instrument };
  } catch (error) {
    if (!(error instanceof Unusable)) throw error;
    return undefined;
  }
}

/** Assets have any number of letters: they are told apart by the name, never by position. */
function readAssets(fields: JsonObject): readonly [base: string, quote: string] {
  const { base_currency: base, counter_currency: counter } = fields;
  if (typeof base === "string" && typeof counter === "string") return [base, counter];
  const name = readText(fields, "name").split("/");
  if (name.length !== 2 || name[0] === "" || name[1] === "")
    throw new Unusable("unexpected", "a name that is no pair");
  return [name[0]!, name[1]!];
}

function readScale(fields: JsonObject, key: string): number {
  const scale = readWhole(fields, key);
  if (scale > SCALE_MAX) throw new Unusable("overflow", `${key} is above ${SCALE_MAX}`);
  return scale;
}

/** `2` gives `0.01`, 0 gives `1`. */
function increment(scale: number): string {
  return scale === 0 ? "1" : `0.${"1".padStart(scale, "0")}`;
}

/**
 * The venue's spelling of a name: `BTC/USD`, `BTCUSD` and `btc/usd` are `btcusd`, `BTCUSD-PERP` is `btcusd-perp`.
 * Whether there is such a market, the list says.
 */
export function spellingOf(name: string): string {
  return name.replace("/", "").toLowerCase();
}
