import type { Instrument } from "@ims/common";
import type { InvalidSymbol, SymbolValidation } from "@ims/traits";
import { type ListedSymbol, SYMBOL_BYTES_MAX, symbolByteLength } from "./listed-symbol.js";

/** Splits names into tradable instruments, in the order asked and once each, and refused names with their reason. */
export function validateSymbols(
  names: readonly string[],
  listed: ReadonlyMap<string, ListedSymbol>,
  suggestions: (name: string) => readonly string[],
): SymbolValidation {
  const valid: Instrument[] = [];
  const invalid: InvalidSymbol[] = [];
  for (const name of new Set(names)) {
    const entry = listed.get(name);
    if (entry?.instrument.status === "trading") {
      valid.push(entry.instrument);
    } else if (entry) {
      invalid.push({ symbol: name, reason: notTrading(entry), suggestions: [] });
    } else {
      invalid.push(refuse(name, suggestions));
    }
  }
  return { valid, invalid };
}

function notTrading({ instrument, venueStatus }: ListedSymbol): string {
  return `${instrument.symbol} is not trading now: the venue's status is ${venueStatus || "missing"}`;
}

function refuse(name: string, suggestions: (name: string) => readonly string[]): InvalidSymbol {
  if (name === "") return { symbol: name, reason: "the symbol is empty", suggestions: [] };
  const byteLength = symbolByteLength(name);
  if (byteLength > SYMBOL_BYTES_MAX) {
    const shown = `${name.slice(0, SYMBOL_BYTES_MAX)}…`;
    const reason = `${shown} is ${byteLength} bytes long, symbols have at most ${SYMBOL_BYTES_MAX}`;
    return { symbol: name, reason, suggestions: [] };
  }
  return { symbol: name, reason: `${name} is not listed by the venue`, suggestions: suggestions(name) };
}
