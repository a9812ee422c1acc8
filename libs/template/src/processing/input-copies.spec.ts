import fc from "fast-check";
import { expect, it } from "vitest";
import { COPY_DISTANCE, InputCopies, type StoredRecord } from "./input-copies.js";

/** A record of an id and a content; equal ones have equal octets. */
function record(offset: number, id: number, content: number): StoredRecord {
  const view = new DataView(new ArrayBuffer(16 + 13));
  view.setUint32(0, id, true);
  view.setUint32(16, content, true);
  view.setUint8(28, content);
  return { view, idStart: 0, offset, payloadStart: 16, payloadLength: 13 };
}

it("knows a record with the id and the octets of one before it, and no other", () => {
  const copies = new InputCopies();
  expect(copies.isCopy(record(10, 1, 1))).toBe(false);
  expect(copies.isCopy(record(11, 2, 1))).toBe(false);
  expect(copies.isCopy(record(12, 1, 2))).toBe(false);
  expect(copies.isCopy(record(13, 1, 1))).toBe(true);
  expect(copies.isCopy(record(14, 0, 1))).toBe(false);
  expect(copies.isCopy(record(15, 0, 1))).toBe(false);
});

it("looks back over a bounded number of offsets", () => {
  const copies = new InputCopies();
  expect(copies.isCopy(record(5, 1, 1))).toBe(false);
  expect(copies.isCopy(record(5 + COPY_DISTANCE - 1, 1, 1))).toBe(true);
  expect(copies.isCopy(record(5 + COPY_DISTANCE * 2 - 1, 1, 1))).toBe(false);
});

it("says the same of every record behind any place, once those before it were looked at again", () => {
  const step = fc.record({
    by: fc.constantFrom(1, 1, 1, 1, 4000, 8191, 8192),
    id: fc.nat(3),
    content: fc.nat(2),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 120 }), fc.nat(119), (steps, cut) => {
      let offset = 2 ** 32 - 9000;
      const records = steps.map(({ by, id, content }) => {
        offset += by;
        return record(offset, id, content);
      });
      const whole = new InputCopies();
      const said = records.map((each) => whole.isCopy(each));
      const plain = records.map((each, at) =>
        records
          .slice(0, at)
          .some(
            (other) =>
              each.offset - other.offset < COPY_DISTANCE &&
              each.view.getUint32(0, true) !== 0 &&
              Buffer.from(each.view.buffer).equals(Buffer.from(other.view.buffer)),
          ),
      );
      expect(said).toEqual(plain);
      const next = records[cut]?.offset ?? 0;
      const restarted = new InputCopies();
      for (const each of records) {
        if (each.offset < next && next - each.offset < COPY_DISTANCE) restarted.isCopy(each);
      }
      const after = records.filter((each) => each.offset >= next);
      expect(after.map((each) => restarted.isCopy(each))).toEqual(said.slice(records.length - after.length));
    }),
    { numRuns: 200 },
  );
});
