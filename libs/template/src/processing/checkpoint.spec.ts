import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeCheckpoint, encodeCheckpoint, NOTE_BYTES_MAX, STATE_BYTES_MAX } from "./checkpoint.js";
import { OutputIds } from "./output-ids.js";

describe("a checkpoint's message", () => {
  it("gives back what was put in", () => {
    fc.assert(
      fc.property(
        fc.maxSafeNat(),
        fc.integer({ min: 0, max: 0xffffffff }),
        fc.option(fc.uint8Array({ maxLength: 200 }), { nil: undefined }),
        fc.array(fc.record({ offset: fc.maxSafeNat(), octets: fc.uint8Array({ maxLength: 30 }) })),
        (nextOffset, stateVersion, state, notes) => {
          const checkpoint = { nextOffset, stateVersion, state, notes };
          expect(decodeCheckpoint(encodeCheckpoint(checkpoint))).toEqual(checkpoint);
        },
      ),
    );
  });

  it("of other octets is refused by name, whatever they are", () => {
    const state = new Uint8Array(40);
    const notes = [{ offset: 7, octets: new Uint8Array(3) }];
    const plain = encodeCheckpoint({ nextOffset: 5, stateVersion: 1, state, notes: [] });
    const noted = encodeCheckpoint({ nextOffset: 5, stateVersion: 1, state, notes });
    fc.assert(
      fc.property(fc.nat(plain.length - 1), (length) => {
        expect(() => decodeCheckpoint(plain.subarray(0, length))).toThrow(/is no checkpoint/);
      }),
    );
    for (let length = 0; length < noted.length; length++) {
      // Cut between state and notes it is a whole checkpoint.
      if (length === plain.length) continue;
      expect(() => decodeCheckpoint(noted.subarray(0, length))).toThrow(/is no checkpoint/);
    }
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (octets) => {
        expect(() => decodeCheckpoint(octets)).toThrow(/is no checkpoint/);
      }),
    );
  });

  it("has a bound", () => {
    const state = new Uint8Array(STATE_BYTES_MAX + 1);
    const head = { nextOffset: 0, stateVersion: 1 };
    expect(() => encodeCheckpoint({ ...head, state, notes: [] })).toThrow(/8388609 octets/);
    const notes = [{ offset: 0, octets: new Uint8Array(NOTE_BYTES_MAX) }];
    expect(() => encodeCheckpoint({ ...head, state: undefined, notes })).toThrow(/notes 1048588/);
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
