import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createEventId, isSameEventId, readEventIdText } from "./event-id.js";

const DIGITS = "0123456789abcdef";
const ID = "00065aad-a8b2-3408-0000-000102000020";

describe("event ids", () => {
  it("are told apart by every digit, and are the same where all are", () => {
    const change = fc.tuple(fc.nat({ max: 35 }), fc.constantFrom(...DIGITS));
    const text = fc
      .array(change, { maxLength: 40 })
      .map((changes) =>
        changes.reduce(
          (id, [at, digit]) => (id[at] === "-" ? id : id.slice(0, at) + digit + id.slice(at + 1)),
          ID,
        ),
      );
    fc.assert(
      fc.property(text, change, (id, [at, digit]) => {
        const [left, right] = [createEventId(), createEventId()];
        const other = id[at] === "-" ? id : id.slice(0, at) + digit + id.slice(at + 1);
        expect([readEventIdText(id, left), readEventIdText(other, right)]).toEqual([true, true]);
        expect(isSameEventId(left, right)).toBe(id === other);
      }),
      { numRuns: 2000 },
    );
  });

  it("have a digit or a dash at every place, and no other byte", () => {
    for (let at = 0; at < ID.length; at++) {
      for (let byte = 0; byte < 256; byte++) {
        const letter = String.fromCharCode(byte);
        const text = ID.slice(0, at) + letter + ID.slice(at + 1);
        const isRight = ID[at] === "-" ? letter === "-" : DIGITS.includes(letter);
        expect(readEventIdText(text, createEventId()), text).toBe(isRight);
      }
    }
  });

  it.each([undefined, null, 7, "", ID.slice(1), `${ID}0`, "é".repeat(18)])("are not %j", (text) => {
    expect(readEventIdText(text, createEventId())).toBe(false);
  });
});
