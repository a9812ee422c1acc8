import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeText } from "./text-reader.js";
import { KnownText } from "./values.js";

const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });
const octets = fc.oneof(
  fc.uint8Array({ maxLength: 90, size: "max" }),
  fc
    .array(fc.integer({ min: 0, max: 0x7f }), { maxLength: 90, size: "max" })
    .map((all) => Uint8Array.from(all)),
);

describe("text of octets", () => {
  it("is what a decoder of the engine reads, at every length and place", () => {
    fc.assert(
      fc.property(octets, fc.nat(5), (all, before) => {
        const bytes = new Uint8Array([...new Uint8Array(before).fill(0x41), ...all, 0x42]);
        const read = (encoding: string) => decodeText(bytes, before, all.length, encoding);
        expect(read("UTF-8")).toBe(utf8.decode(all));
        expect(read("ISO-8859-1")).toBe(Buffer.from(all).toString("latin1"));
        expect(read("US-ASCII")).toBe(
          Array.from(all, (octet) => (octet > 0x7f ? "\ufffd" : String.fromCharCode(octet))).join(""),
        );
      }),
      { numRuns: 500 },
    );
  });

  it("is the same whether it was remembered or not", () => {
    const known = new KnownText("UTF-8");
    const few = fc.constantFrom("", "a", "b", "ab", "abc", "abd", "ü", "x".repeat(64), "x".repeat(65));
    fc.assert(
      fc.property(fc.array(few), (texts) => {
        for (const text of texts) {
          const bytes = new Uint8Array([1, 2, ...new TextEncoder().encode(text), 3]);
          expect(known.read(bytes, 2, bytes.length - 3)).toBe(text);
        }
      }),
    );
  });
});
