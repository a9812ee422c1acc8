import { ExchangeId, type InstrumentStatus } from "@ims/common";
import { asObject, exactDecimal, type ListedSymbol, readText, venueError } from "@ims/integration-kit";

/** The venue's words for the state of an instrument. */
const STATUSES: Readonly<Record<string, InstrumentStatus>> = { open: "trading", closed: "halted" };

/** Reads the answer to `GET /instruments`. Throws `venue.bad-reply` for one that is no list. */
export function readInstruments(body: unknown): ReadonlyMap<string, ListedSymbol> {
  if (!Array.isArray(body)) throw venueError("venue.bad-reply", "/instruments answered no list");
  const listed = new Map<string, ListedSymbol>();
  for (const row of body as unknown[]) {
    const entry = readRow(row);
    if (entry) listed.set(entry.instrument.symbol, entry);
  }
  if (listed.size === 0) throw venueError("venue.bad-reply", "/instruments lists nothing that can be read");
  return listed;
}

/** `undefined` for a row that cannot be used: one bad row must not hide the others. */
function readRow(row: unknown): ListedSymbol | undefined {
  const fields = asObject(row);
  if (!fields) return undefined;
  try {
    const symbol = readText(fields, "symbol");
    const [base = "", quote = ""] = symbol.split("-");
    const priceIncrement = readText(fields, "price_step");
    const quantityIncrement = readText(fields, "amount_step");
    const venueStatus = readText(fields, "status");
    return {
      venueStatus,
      instrument: {
        exchange: ExchangeId.Bitstamp,
        symbol,
        base,
        quote,
        settle: quote,
        kind: "spot",
        status: STATUSES[venueStatus] ?? "unknown",
        priceScale: exactDecimal(priceIncrement, "price_step").scale,
        quantityScale: exactDecimal(quantityIncrement, "amount_step").scale,
        priceIncrement,
        quantityIncrement,
      },
    };
  } catch {
    return undefined;
  }
}
