import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { instrumentNamed } from "../../spec-support/decoder-bench.js";
import { FeedTable, hashBytes } from "./feed-table.js";
import { InstrumentFeed } from "./instrument-feed.js";

describe("FeedTable", () => {
  it("finds every symbol by its bytes anywhere in a buffer, and no other", () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.string({ unit: "grapheme", minLength: 1, maxLength: 12 }), { maxLength: 300 }),
        fc.nat({ max: 20 }),
        (symbols, offset) => {
          const table = new FeedTable();
          const present = symbols.filter((_, index) => index % 3 !== 0);
          for (const symbol of present) table.add(new InstrumentFeed(instrumentNamed(symbol), 1));
          for (const symbol of symbols) {
            const bytes = Buffer.from(`${"x".repeat(offset)}${symbol}tail`);
            const end = offset + Buffer.byteLength(symbol);
            const found = table.findBytes(bytes, offset, end, hashBytes(bytes, offset, end));
            expect(found?.instrument.symbol).toBe(present.includes(symbol) ? symbol : undefined);
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it("refuses a symbol twice", () => {
    const table = new FeedTable();
    table.add(new InstrumentFeed(instrumentNamed("BTCUSDT"), 1));
    expect(() => table.add(new InstrumentFeed(instrumentNamed("BTCUSDT"), 2))).toThrow("already");
  });
});
