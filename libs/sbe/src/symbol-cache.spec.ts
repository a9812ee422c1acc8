import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SymbolCache } from "./index.js";

function field(text: string): Uint8Array {
  const bytes = new Uint8Array(40).fill(0x7a);
  bytes.fill(0, 5, 37);
  new TextEncoder().encodeInto(text, bytes.subarray(5, 37));
  return bytes;
}

describe("SymbolCache", () => {
  it("gives the right symbol for any order of ids and symbols, repeated or colliding", () => {
    const name = fc.stringMatching(/^[A-Z0-9_币é]{0,10}$/);
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat({ max: 40 }), name)), (reads) => {
        const cache = new SymbolCache({ entryCountMax: 8 });
        for (const [id, text] of reads) {
          expect(cache.symbol(id, field(text), 5)).toBe(text);
          expect(cache.symbolByOctets(field(text), 5)).toBe(text);
        }
      }),
    );
  });

  it("keeps the string of a symbol that fills its field", () => {
    const cache = new SymbolCache();
    const text = "SOL_USDC-31OCT25-180d5-C-1234567";
    expect(text).toHaveLength(32);
    expect(cache.symbol(7, field(text), 5)).toBe(text);
    expect(cache.symbol(7, field(text), 5)).toBe(text);
    expect(cache.symbol(7, field("SOL"), 5)).toBe("SOL");
    expect(cache.symbol(0xffffffff, field("SOL"), 5)).toBe("SOL");
  });
});
