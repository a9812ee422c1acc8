import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { instrumentNamed } from "../../spec-support/decoder-bench.js";
import { InstrumentFeed } from "./instrument-feed.js";
import { NO_NAME, StreamNames } from "./stream-names.js";

const feedOf = (symbol: string) => new InstrumentFeed(instrumentNamed(symbol), 1);

/** A frame's bytes with room behind them, as the cursor keeps it. */
function viewOf(text: string): DataView {
  const bytes = new Uint8Array(Buffer.byteLength(text) + 256);
  bytes.set(Buffer.from(text));
  return new DataView(bytes.buffer);
}

function found(names: StreamNames, view: DataView, at: number): string | undefined {
  const entry = names.find(view, at);
  return entry === NO_NAME ? undefined : names.feed(entry).instrument.symbol;
}

describe("StreamNames", () => {
  it("finds every name up to its @ wherever it stands, and no other", () => {
    const symbol = fc.string({
      unit: fc.constantFrom(..."ABZ09_é币😀"),
      minLength: 1,
      maxLength: 14,
    });
    fc.assert(
      fc.property(
        fc.uniqueArray(symbol, { maxLength: 200, selector: (text) => text.toLowerCase() }),
        fc.nat({ max: 9 }),
        (symbols, offset) => {
          const names = new StreamNames();
          const present = symbols.filter((_, index) => index % 3 !== 0);
          for (const one of present) names.add(one.toLowerCase(), feedOf(one));
          for (const one of symbols) {
            const name = one.toLowerCase();
            const view = viewOf(`${"x".repeat(offset)}${name}@trade@x`);
            const expected = present.includes(one) ? one : undefined;
            expect(found(names, view, offset)).toBe(expected);
            if (expected) expect(names.end).toBe(offset + Buffer.byteLength(name));
            // The frame may end anywhere.
            expect(found(names, viewOf(`${"x".repeat(offset)}${name}`), offset)).toBeUndefined();
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it("knows the s of each, and nothing that differs in a single byte", () => {
    const names = new StreamNames();
    const symbols = ["X", "BTCUSDT", "1000SATSUSDT", "币安USDT"];
    for (const symbol of symbols) names.add(symbol.toLowerCase(), feedOf(symbol));
    for (const symbol of symbols) {
      const entry = names.find(viewOf(`${symbol.toLowerCase()}@`), 0);
      const field = Buffer.from(`,"s":"${symbol}"`);
      expect(names.fieldLength(viewOf(`__${field.toString()}`), 2, entry)).toBe(field.length);
      for (let at = 0; at < field.length; at++) {
        const changed = Buffer.from(field);
        changed[at]! ^= 1;
        expect(names.fieldLength(viewOf(changed.toString("latin1")), 0, entry)).toBe(0);
      }
    }
  });

  it("finds each of as many names as a venue has", () => {
    const names = new StreamNames();
    const symbols = Array.from({ length: 5000 }, (_, index) => `SIM${index}USDT`);
    for (const symbol of symbols) names.add(symbol.toLowerCase(), feedOf(symbol));
    for (const symbol of symbols) {
      expect(found(names, viewOf(`${symbol.toLowerCase()}@trade`), 0)).toBe(symbol);
    }
  });

  it("never finds a name that is too long or has an @ itself", () => {
    const names = new StreamNames();
    for (const name of ["a@b", "c".repeat(400)]) {
      names.add(name, feedOf(name));
      expect(found(names, viewOf(`${name}@trade`), 0)).toBeUndefined();
    }
    expect(found(names, viewOf("a@trade"), 0)).toBeUndefined();
  });
});
