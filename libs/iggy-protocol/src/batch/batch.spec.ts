import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, inject, it } from "vitest";
import { encodeSendRoute, sendMessages } from "../commands/send-messages.js";
import { decodeRequestHeader, frameBody } from "../frame/request-header.js";
import { BatchArena } from "./batch-arena.js";
import { type BatchMessage, decodeBatch, encodeBatch } from "./encode-batch.js";
import { stampBatch } from "./stamp-batch.js";
import { checkOffsetDeltas, validateBatch } from "./validate-batch.js";

const ROUTE = encodeSendRoute("market", "trades", { kind: "partition", partitionId: 3 });

function idWords(id: bigint): Uint32Array {
  return Uint32Array.from([0n, 32n, 64n, 96n], (shift) => Number((id >> shift) & 0xffff_ffffn));
}

/** Fills one slot and gives a copy of its request frame. */
function sendThrough(arena: BatchArena, messages: readonly BatchMessage[]): Uint8Array {
  const slot = arena.acquire()!;
  slot.begin(ROUTE);
  for (const message of messages) {
    const at = slot.reserve(message.payload.length);
    expect(at).toBeGreaterThan(0);
    arena.bytes.set(message.payload, at);
    slot.commit(message.payload.length, idWords(message.id), Number(message.originMicros));
  }
  slot.seal();
  slot.stampRequest(0x1234n << 64n, 77n, 5);
  const { start, end } = slot.frame();
  const frame = arena.bytes.slice(start, end);
  slot.release();
  return frame;
}

const message = fc.record({
  id: fc.bigInt(0n, (1n << 128n) - 1n),
  payload: fc.uint8Array({ minLength: 1, maxLength: 400 }),
  originMicros: fc.integer({ min: 1_700_000_000_000_000, max: 1_700_000_900_000_000 }),
});

describe("BatchArena", () => {
  it("writes the bytes of encodeBatch, whatever the lengths and the order of creation times", () => {
    const arena = BatchArena.create({ slotCount: 2, slotBytes: 65_536 });
    fc.assert(
      fc.property(fc.array(message, { minLength: 1, maxLength: 40 }), (messages) => {
        const frame = sendThrough(arena, messages);
        const batch = encodeBatch(messages);
        const request = sendMessages.decodeRequest(frameBody(frame));
        expect(Buffer.from(request.batch).equals(batch)).toBe(true);
        expect(request.messageCount).toBe(messages.length);
        expect(request.partitioning).toEqual({ kind: "partition", partitionId: 3 });
        expect(decodeRequestHeader(frame)).toMatchObject({
          size: frame.length,
          client: 0x1234n << 64n,
          session: 77n,
          request: 5n,
          operation: 160,
          code: 0,
        });
      }),
      { numRuns: 200 },
    );
    expect(arena.freeSlotCount).toBe(2);
  });

  it("places payloads on multiples of 8 while all lengths are multiples of 8", () => {
    const arena = BatchArena.create({ slotCount: 1, slotBytes: 4096 });
    const slot = arena.acquire()!;
    for (const topic of ["t", "to", "top", "topi", "topic"]) {
      slot.begin(encodeSendRoute("s", topic, { kind: "balanced" }));
      for (let i = 0; i < 3; i++) {
        expect(slot.reserve(96) % 8).toBe(0);
        slot.commit(96, new Uint32Array(4), 1);
      }
      slot.release();
      arena.acquire();
    }
  });

  it("gives -1 when the slot is full, undefined when all slots are taken, and tells who waits for one", () => {
    const arena = BatchArena.create({ slotCount: 1, slotBytes: 1024 });
    const slot = arena.acquire()!;
    expect(arena.acquire()).toBeUndefined();
    slot.begin(ROUTE);
    expect(slot.reserve(300)).toBeGreaterThan(0);
    slot.commit(300, new Uint32Array(4), 1);
    expect(slot.reserve(300)).toBe(-1);
    let freed = 0;
    const stop = arena.onSlotFree(() => freed++);
    slot.release();
    expect([freed, arena.freeSlotCount]).toEqual([1, 1]);
    stop();
  });

  it("never writes outside its slot, up to the largest payload", () => {
    const arena = BatchArena.create({ slotCount: 3, slotBytes: 1024 });
    const [first, second, third] = [arena.acquire()!, arena.acquire()!, arena.acquire()!];
    for (const slot of [first, second, third]) slot.begin(ROUTE);
    let payloadBytes = 1024;
    while (second.reserve(payloadBytes) < 0) payloadBytes--;
    const before = arena.bytes.slice();
    const at = second.reserve(payloadBytes);
    arena.bytes.fill(0xee, at, at + payloadBytes);
    second.commit(payloadBytes, new Uint32Array(4), 1);
    second.seal();
    const { start, end } = second.frame();
    const scratchEnd = 4096;
    for (let i = scratchEnd; i < before.length; i++) {
      if ((i < start || i >= end) && arena.bytes[i] !== before[i]) throw new Error(`byte ${i} changed`);
    }
  });

  it("refuses a creation time too far from the first and goes on without that message", () => {
    const arena = BatchArena.create({ slotCount: 1, slotBytes: 1024 });
    const slot = arena.acquire()!;
    slot.begin(ROUTE);
    slot.commit(8, new Uint32Array(4), 1_700_000_000_000_000);
    expect(() => slot.commit(8, new Uint32Array(4), 1_700_010_000_000_000)).toThrow(
      expect.objectContaining({ code: "iggy-protocol.argument-out-of-range" }),
    );
    expect(slot.messageCount).toBe(1);
    expect(() => slot.release()).not.toThrow();
    expect(() => slot.release()).toThrow(expect.objectContaining({ code: "iggy-protocol.slot-state" }));
    expect(() => BatchArena.create({ slotCount: 0, slotBytes: 1024 })).toThrow();
    expect(() => BatchArena.create({ slotCount: 1, slotBytes: 1001 })).toThrow();
  });
});

describe("validateBatch", () => {
  const messages: BatchMessage[] = [1n, 2n, 3n].map((id) => ({
    id,
    payload: new TextEncoder().encode(`payload ${id}`),
    originMicros: 1_700_000_000_000_000 + Number(id),
  }));
  const good = encodeBatch(messages);

  it("accepts a good batch anywhere in a buffer", () => {
    const padded = new Uint8Array(good.length + 10);
    padded.set(good, 3);
    expect(() => validateBatch(padded, 3, good.length, 3)).not.toThrow();
    checkOffsetDeltas(padded, 3);
  });

  it("finds every flipped bit", () => {
    for (let bit = 0; bit < good.length * 8; bit++) {
      const bad = good.slice();
      bad[bit >> 3]! ^= 1 << (bit & 7);
      expect(() => validateBatch(bad), `bit ${bit}`).toThrow(/iggy|batch/);
    }
  });

  it("finds every truncation and trailing bytes", () => {
    for (let length = 0; length < good.length; length++)
      expect(() => validateBatch(good.subarray(0, length))).toThrow();
    expect(() => validateBatch(Uint8Array.from([...good, 0]))).toThrow(/declares/);
    expect(() => validateBatch(good, 0, good.length, 4)).toThrow(/declares 3 messages, the request 4/);
  });

  it("survives random bytes with a typed error", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 900 }), (bytes) => {
        expect(() => validateBatch(bytes)).toThrow(
          expect.objectContaining({ code: expect.stringMatching(/^iggy-protocol\./) }),
        );
      }),
    );
  });
});

describe.skipIf(!inject("sharedDir"))("recorded batches", () => {
  interface Vector {
    name: string;
    messages: { id: string; originTimestamp: string; payload: string; userHeaders: string }[];
    messageChecksums: string[];
    batchChecksum: string;
    batch: string;
    served?: { baseOffset: string; record: string; recordBaseTimestamp: string };
  }
  // The body of a skipped suite runs all the same.
  const file = join(inject("sharedDir"), "iggy/vectors/batches.json");
  const vectors: Vector[] = inject("sharedDir") ? JSON.parse(readFileSync(file, "utf8")).vectors : [];
  const messagesOf = (vector: Vector) =>
    vector.messages.map((m) => ({
      id: BigInt(m.id),
      payload: Buffer.from(m.payload, "hex"),
      headers: Buffer.from(m.userHeaders, "hex"),
      originMicros: Number(m.originTimestamp),
    }));

  it("refuses to build a batch whose time is no safe integer, but takes and reads one", () => {
    const vector = vectors.find(({ name }) => name === "largest timestamp")!;
    expect(() => encodeBatch(messagesOf(vector))).toThrow(/creation time/);
    const bytes = Buffer.from(vector.batch, "hex");
    validateBatch(bytes);
    expect(decodeBatch(bytes).messages[0]!.originMicros).toBe(2 ** 64);
  });

  it.each(vectors.filter(({ name }) => name !== "largest timestamp"))("$name", (vector) => {
    const encoded = encodeBatch(messagesOf(vector));
    expect(Buffer.from(encoded).toString("hex")).toBe(vector.batch);
    validateBatch(encoded);
    const decoded = decodeBatch(encoded);
    expect(decoded.header.checksum.toString()).toBe(vector.batchChecksum);
    expect(decoded.messages.map((m) => m.checksum.toString())).toEqual(vector.messageChecksums);
    if (vector.messages.every((m) => m.userHeaders === "")) {
      const arena = BatchArena.create({ slotCount: 1, slotBytes: 128 * 1024 });
      const { batch } = sendMessages.decodeRequest(frameBody(sendThrough(arena, messagesOf(vector))));
      expect(Buffer.from(batch).toString("hex")).toBe(vector.batch);
    }
    if (vector.served) {
      stampBatch(encoded, 0, {
        partitionId: 0,
        baseOffset: Number(vector.served.baseOffset),
        baseTimestampMicros: Number(vector.served.recordBaseTimestamp),
      });
      expect(Buffer.from(encoded).toString("hex")).toBe(vector.served.record);
    }
  });
});
