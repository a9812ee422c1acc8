import { seededMillis, seededRuns } from "@ims/spec-kit";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SigningRing, SlotState } from "./signing-ring.js";

/** Octets between two cursors, as documented at the ring. */
const CURSOR_WORDS = 16;

function ringAt(slots: number, cursor: number): SharedArrayBuffer {
  const memory = SigningRing.allocate(slots);
  const words = new Int32Array(memory);
  words[0] = cursor;
  words[CURSOR_WORDS] = cursor;
  return memory;
}

const digestOf = (number: number) => new Uint8Array(32).fill(number & 0xff);
const signatureOf = (digest: Uint8Array) => new Uint8Array(64).map((_, index) => digest[0]! ^ index);

/** What a worker does for one message. */
function serve(ring: SigningRing, isFailing: boolean): { keyIndex: number; backendCode: number } {
  const digest = new Uint8Array(32);
  ring.readDigest(digest);
  const seen = { keyIndex: ring.keyIndex, backendCode: ring.backendCode };
  ring.finish(isFailing ? SlotState.Failed : SlotState.Signed, signatureOf(digest));
  return seen;
}

describe("a ring", () => {
  it(
    "keeps order and content whatever the sides do, across the wrap of its cursors, and when workers change",
    () => {
      const steps = fc.array(fc.constantFrom("put", "put", "serve", "fail", "take", "take", "replace"), {
        maxLength: 200,
      });
      const start = fc.constantFrom(0, 5, -1, -7, 0x7ffffffe, -0x80000000);
      fc.assert(
        fc.property(fc.constantFrom(2, 4, 8), start, steps, (slots, cursor, moves) => {
          const memory = ringAt(slots, cursor);
          const owner = new SigningRing(memory);
          let worker = new SigningRing(memory);
          const sent: number[] = [];
          const served: { number: number; isFailed: boolean }[] = [];
          let next = 0;
          for (const move of moves) {
            if (move === "put") {
              const isFull = sent.length + served.length === slots;
              expect(owner.isFull).toBe(isFull);
              expect(owner.put(digestOf(next), next % 200, next % 3)).toBe(!isFull);
              if (!isFull) sent.push(next++);
            } else if (move === "replace") worker = new SigningRing(memory);
            else if (move === "take" && served.length > 0) {
              const { number, isFailed } = served.shift()!;
              const out = new Uint8Array(70);
              expect(owner.take(out, 3)).toBe(isFailed ? SlotState.Failed : SlotState.Signed);
              if (!isFailed) expect(out.slice(3, 67)).toEqual(signatureOf(digestOf(number)));
            } else if ((move === "serve" || move === "fail") && sent.length > 0) {
              const number = sent.shift()!;
              expect(serve(worker, move === "fail")).toEqual({
                keyIndex: number % 200,
                backendCode: number % 3,
              });
              served.push({ number, isFailed: move === "fail" });
            }
            expect([owner.waiting, owner.ready]).toEqual([sent.length, served.length]);
          }
        }),
        { numRuns: seededRuns(300) },
      );
    },
    seededMillis(300),
  );

  it.each([0, 1, 3, 65_537, 131_072, 2.5, Number.NaN])("of %d messages is refused", (slots) => {
    expect(() => SigningRing.allocate(slots)).toThrow(expect.objectContaining({ code: "signing.bad-input" }));
  });

  it("wakes nobody needlessly: a worker with a message, or told to end, does not sleep", () => {
    const memory = SigningRing.allocate(2);
    const [owner, worker] = [new SigningRing(memory), new SigningRing(memory)];
    owner.put(digestOf(1), 0, 0);
    worker.waitForMessage(2 ** 30);
    serve(worker, false);
    owner.stop();
    worker.waitForMessage(2 ** 30);
    expect(worker.isStopped).toBe(true);
  });
});
