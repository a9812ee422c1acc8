import { encodeReplyFrame, FrameReader } from "@ims/iggy-protocol";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { holdReply, ReceiveMemory, releaseReply } from "./receive-memory.js";

function reply(number: number, bodyBytes: number): Uint8Array {
  const body = new Uint8Array(bodyBytes).fill(number % 251);
  return encodeReplyFrame({ client: 1n, request: BigInt(number), operation: 2 }, body);
}

/** Lets a stream of bytes arrive in reads of the given sizes and hands out whole frames. */
function arrive(
  stream: Uint8Array,
  readSizes: Iterator<number>,
  memory: ReceiveMemory,
  take: (frame: Uint8Array) => void,
) {
  const reader = new FrameReader(undefined, memory);
  let at = 0;
  while (at < stream.length) {
    const room = memory.room();
    const byteCount = Math.min(readSizes.next().value ?? 65_536, room.length, stream.length - at);
    room.set(stream.subarray(at, at + byteCount));
    reader.push(memory.taken(byteCount));
    at += byteCount;
    for (let frame = reader.next(); frame; frame = reader.next()) take(frame);
  }
}

describe("ReceiveMemory", () => {
  it("leaves every reply as it was until it is released, in whatever order that happens", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 90_000 }), { minLength: 20, maxLength: 60 }),
        fc.infiniteStream(fc.integer({ min: 1, max: 70_000 })),
        fc.infiniteStream(fc.nat(9)),
        (bodySizes, readSizes, choices) => {
          const frames = bodySizes.map((bodyBytes, index) => reply(index + 1, bodyBytes));
          const stream = new Uint8Array(Buffer.concat(frames));
          const held: { frame: Uint8Array; number: number }[] = [];
          let count = 0;
          const release = (at: number) => {
            const [{ frame, number } = held[0]!] = held.splice(at, 1);
            expect(Buffer.compare(frame, frames[number]!)).toBe(0);
            releaseReply(frame);
          };
          arrive(stream, readSizes, new ReceiveMemory(), (frame) => {
            holdReply(frame);
            held.push({ frame, number: count++ });
            while (held.length > 0 && choices.next().value! > 4) release(choices.next().value! % held.length);
          });
          expect(count).toBe(frames.length);
          while (held.length > 0) release(0);
        },
      ),
      { numRuns: 60 },
    );
  });

  it("uses the memory of released replies again, and that of kept ones not", () => {
    const stream = new Uint8Array(
      Buffer.concat(Array.from({ length: 300 }, (_, index) => reply(index, 60_000))),
    );
    const buffersOf = (isReleased: boolean) => {
      const buffers = new Set<ArrayBufferLike>();
      arrive(stream, [].values(), new ReceiveMemory(), (frame) => {
        buffers.add(frame.buffer);
        holdReply(frame);
        if (isReleased) releaseReply(frame);
      });
      return buffers.size;
    };
    expect(buffersOf(true)).toBeLessThan(15);
    expect(buffersOf(false)).toBeGreaterThan(50);
  });

  it("does nothing for other memory, and for a release too many", () => {
    const other = new Uint8Array(10);
    holdReply(other);
    releaseReply(other);
    const memory = new ReceiveMemory();
    const chunk = memory.taken(100);
    releaseReply(chunk);
    expect(memory.room().buffer).toBe(chunk.buffer);
  });
});
