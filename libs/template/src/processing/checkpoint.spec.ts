import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeCheckpoint, encodeCheckpoint, STATE_BYTES_MAX } from "./checkpoint.js";
import { OutputIds } from "./output-ids.js";

describe("a checkpoint's message", () => {
  it("gives back what was put in", () => {
    fc.assert(
      fc.property(
        fc.maxSafeNat(),
        fc.integer({ min: 0, max: 0xffffffff }),
        fc.uint8Array({ maxLength: 200 }),
        (nextOffset, stateVersion, state) => {
          const checkpoint = { nextOffset, stateVersion, state };
          expect(decodeCheckpoint(encodeCheckpoint(checkpoint))).toEqual(checkpoint);
        },
      ),
    );
  });

  it("of other octets is refused by name, whatever they are", () => {
    const whole = encodeCheckpoint({ nextOffset: 5, stateVersion: 1, state: new Uint8Array(40) });
    fc.assert(
      fc.property(fc.nat(whole.length - 1), (length) => {
        expect(() => decodeCheckpoint(whole.subarray(0, length))).toThrow(/is no checkpoint/);
      }),
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (octets) => {
        expect(() => decodeCheckpoint(octets)).toThrow(/is no checkpoint/);
      }),
    );
  });

  it("has a bound", () => {
    const state = new Uint8Array(STATE_BYTES_MAX + 1);
    expect(() => encodeCheckpoint({ nextOffset: 0, stateVersion: 1, state })).toThrow(/8388609 octets/);
  });
});

describe("ids of outputs", () => {
  it("tell their record and number, and nothing of another input", () => {
    const ids = new OutputIds("binancespot-market-data", "trades", 3);
    const others = [
      new OutputIds("binancespot-market-data", "trades", 2),
      new OutputIds("bitstamp-market-data", "trades", 3),
      new OutputIds("binancespot-market-data", "bars", 3),
    ];
    fc.assert(
      fc.property(fc.maxSafeNat(), fc.nat(2047), (offset, index) => {
        const id = ids.of(offset, index);
        expect(ids.placeOf(id)).toEqual({ offset, index });
        for (const other of others) expect(other.placeOf(id)).toBeUndefined();
      }),
    );
  });
});
