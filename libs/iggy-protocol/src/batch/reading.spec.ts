import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { pollMessages } from "../commands/poll-messages.js";
import { FieldKind, typedField } from "../primitives/typed-field.js";
import { encodeUserHeaders } from "../primitives/user-headers.js";
import { readBatchHeader } from "./batch-header.js";
import { encodeBatch } from "./encode-batch.js";
import { PolledBatches } from "./polled-batches.js";
import { sliceBatch } from "./slice-batch.js";
import { stampBatch } from "./stamp-batch.js";
import { validateBatch } from "./validate-batch.js";

const ORIGIN = 1_700_000_000_000_000;

/** A stored batch of messages whose payload is their offset. */
function storedBatch(baseOffset: number, count: number): Uint8Array {
  const messages = Array.from({ length: count }, (_, i) => ({
    id: BigInt(baseOffset + i) << 70n,
    payload: new TextEncoder().encode(`message ${baseOffset + i}`),
    originMicros: ORIGIN + i,
    headers:
      i % 2
        ? encodeUserHeaders([{ key: typedField(FieldKind.Text, "k"), value: typedField(FieldKind.U8, i) }])
        : undefined,
  }));
  const bytes = encodeBatch(messages);
  stampBatch(bytes, 0, { partitionId: 1, baseOffset, baseTimestampMicros: ORIGIN + 50 });
  return bytes;
}

function replyOf(batches: Uint8Array[], messageCount: number): Uint8Array {
  const reply = { partitionId: 1, currentOffset: 99, messageCount, batches: Buffer.concat(batches) };
  return pollMessages.encodeReply(reply);
}

function offsetsOf(polled: PolledBatches): number[] {
  const offsets: number[] = [];
  while (polled.next()) offsets.push(polled.offset);
  return offsets;
}

describe("PolledBatches", () => {
  const good = replyOf([storedBatch(5, 3), storedBatch(8, 2)], 5);

  it("walks all messages of all batches in place, and again after rewind", () => {
    const polled = new PolledBatches(good);
    polled.verifyChecksums();
    for (let offset = 5; offset < 10; offset++) {
      expect(polled.next()).toBe(true);
      const index = offset < 8 ? offset - 5 : offset - 8;
      expect(polled).toMatchObject({ offset, timestampMicros: ORIGIN + 50, originMicros: ORIGIN + index });
      expect(new TextDecoder().decode(polled.payload())).toBe(`message ${offset}`);
      expect((polled.idHigh << 64n) | polled.idLow).toBe(BigInt(offset) << 70n);
      expect(polled.headers().length).toBe(index % 2);
    }
    expect([polled.next(), polled.next()]).toEqual([false, false]);
    polled.rewind();
    expect(offsetsOf(polled)).toEqual([5, 6, 7, 8, 9]);
  });

  it("reads an empty reply and the call for a new assignment", () => {
    expect(new PolledBatches(replyOf([], 0)).next()).toBe(false);
    const resync = new PolledBatches(Uint8Array.from([255, 255, 255, 255, ...new Uint8Array(12)]));
    expect([resync.resyncRequired, resync.next()]).toEqual([true, false]);
  });

  it("meets hostile bytes with a typed error and never reads outside", () => {
    const walk = (bytes: Uint8Array) => {
      try {
        const polled = new PolledBatches(bytes);
        while (polled.next()) {
          expect(polled.payloadStart + polled.payloadLength + polled.headersLength).toBeLessThanOrEqual(
            bytes.length,
          );
        }
        return "whole";
      } catch (error) {
        expect(error).toMatchObject({ code: expect.stringMatching(/^iggy-protocol\./) });
        return "refused";
      }
    };
    for (let length = 0; length < good.length; length++)
      expect(walk(good.slice(0, length)), `${length}`).toBe("refused");
    for (let bit = 0; bit < good.length * 8; bit++) {
      const flipped = good.slice();
      flipped[bit >> 3]! ^= 1 << (bit & 7);
      walk(flipped);
    }
    fc.assert(fc.property(fc.uint8Array({ maxLength: 800 }), (bytes) => void walk(bytes)));
    expect(walk(replyOf([storedBatch(0, 2)], 3))).toBe("refused");
  });

  it("finds a changed byte when asked to", () => {
    const bad = good.slice();
    bad[bad.length - 1]! ^= 1;
    expect(() => new PolledBatches(bad).verifyChecksums()).toThrow(
      expect.objectContaining({
        code: "iggy-protocol.checksum-mismatch",
        message: expect.stringMatching(/message 1/),
      }),
    );
  });
});

describe("sliceBatch", () => {
  it("gives exactly the wanted run as a valid batch that keeps base offset and deltas", () => {
    const stored = storedBatch(100, 6);
    const padded = Buffer.concat([new Uint8Array(24), stored, new Uint8Array(5)]);
    fc.assert(
      fc.property(
        fc.integer({ min: 90, max: 110 }),
        fc.integer({ min: 0, max: 8 }),
        (fromOffset, countMax) => {
          const wanted = [100, 101, 102, 103, 104, 105]
            .filter((offset) => offset >= fromOffset)
            .slice(0, countMax);
          const slice = sliceBatch(padded, 24, fromOffset, countMax);
          if (!slice || wanted.length === 0) {
            expect([slice, wanted]).toEqual([undefined, []]);
            return;
          }
          const batch = Buffer.concat([slice.header, padded.subarray(slice.framesStart, slice.framesEnd)]);
          validateBatch(batch);
          expect(readBatchHeader(new DataView(batch.buffer, batch.byteOffset), 0).baseOffset).toBe(100);
          expect([slice.firstOffset, slice.lastOffset, slice.messageCount]).toEqual([
            wanted[0],
            wanted.at(-1),
            wanted.length,
          ]);
          expect(offsetsOf(new PolledBatches(replyOf([batch], wanted.length)))).toEqual(wanted);
        },
      ),
    );
  });

  it("meets damaged bytes with a typed error", () => {
    const stored = storedBatch(0, 3);
    for (let length = 0; length < stored.length; length++) {
      expect(() => sliceBatch(stored.slice(0, length), 0, 0, 10)).toThrow(
        expect.objectContaining({ code: expect.stringMatching(/^iggy-protocol\./) }),
      );
    }
  });
});
