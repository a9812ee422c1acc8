import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeEviction, encodeEviction } from "./eviction.js";
import { FrameReader } from "./frame-reader.js";
import { isResultFramed, Operation } from "./operation.js";
import { decodeReplyHeader, encodeReplyFrame } from "./reply-header.js";
import { readReply, refusalBody, successBody } from "./reply-outcome.js";
import { encodeRequestFrame } from "./request-header.js";

const frameOf = (body: Uint8Array) =>
  encodeRequestFrame(
    { client: 1n, request: 1, operation: Operation.NonReplicated, session: 1, code: 1 },
    body,
  );

function framesOf(reader: FrameReader, chunks: Iterable<Uint8Array>): Uint8Array[] {
  const frames: Uint8Array[] = [];
  for (const chunk of chunks) {
    reader.push(chunk);
    for (let frame = reader.next(); frame; frame = reader.next()) frames.push(frame.slice());
  }
  return frames;
}

/** Cuts bytes at the given places, taken modulo the length. */
function cut(bytes: Uint8Array, places: number[]): Uint8Array[] {
  const sorted = [...new Set([0, ...places.map((place) => place % bytes.length), bytes.length])].sort(
    (a, b) => a - b,
  );
  return sorted.slice(1).map((end, i) => bytes.slice(sorted[i], end));
}

describe("FrameReader", () => {
  it("gives the same frames however the stream is cut", () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ maxLength: 900 }), { minLength: 1, maxLength: 6 }),
        fc.array(fc.nat(10_000), { maxLength: 30 }),
        (bodies, places) => {
          const frames = bodies.map(frameOf);
          const reader = new FrameReader();
          const read = framesOf(reader, cut(Buffer.concat(frames), places));
          expect(read.map((frame) => Buffer.from(frame).toString("hex"))).toEqual(
            frames.map((frame) => Buffer.from(frame).toString("hex")),
          );
          expect(reader.pendingBytes).toBe(0);
        },
      ),
      { numRuns: 300 },
    );
  });

  it("gives the same frames from chunks that follow each other in one memory, taken at any time", () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ maxLength: 900 }), { minLength: 1, maxLength: 6 }),
        fc.array(fc.nat(10_000), { maxLength: 30 }),
        fc.infiniteStream(fc.record({ isElsewhere: fc.boolean(), isTaken: fc.boolean() })),
        (bodies, places, choices) => {
          const frames = bodies.map(frameOf);
          const stream = new Uint8Array(Buffer.concat(frames));
          const reader = new FrameReader();
          const read: string[] = [];
          const take = () => {
            for (let frame = reader.next(); frame; frame = reader.next())
              read.push(Buffer.from(frame).toString("hex"));
          };
          const ends = [...new Set([...places.map((place) => place % stream.length), stream.length])];
          let start = 0;
          for (const end of ends.sort((a, b) => a - b)) {
            const { isElsewhere, isTaken } = choices.next().value!;
            reader.push(isElsewhere ? stream.slice(start, end) : stream.subarray(start, end));
            if (isTaken) take();
            start = end;
          }
          take();
          expect(read).toEqual(frames.map((frame) => Buffer.from(frame).toString("hex")));
          expect(reader.pendingBytes).toBe(0);
        },
      ),
      { numRuns: 500 },
    );
  });

  it("does not copy a frame whose chunks follow each other in one memory", () => {
    const frame = frameOf(new Uint8Array(500));
    const memory = new Uint8Array(frame.length + 40);
    memory.set(frame, 7);
    const reader = new FrameReader();
    for (let at = 7; at < memory.length; at += 100) {
      expect(reader.next()).toBeUndefined();
      reader.push(memory.subarray(at, Math.min(at + 100, 7 + frame.length)));
      if (at + 100 >= 7 + frame.length) break;
    }
    const read = reader.next()!;
    expect(read.buffer).toBe(memory.buffer);
    expect(Buffer.compare(read, frame)).toBe(0);
  });

  it("loses nothing when chunks are pushed before the frames are taken", () => {
    const [first, second] = [frameOf(Uint8Array.of(1)), frameOf(Uint8Array.of(2, 2))];
    const reader = new FrameReader();
    reader.push(Buffer.concat([first, second.subarray(0, 100)]));
    reader.push(second.subarray(100, 200));
    expect(reader.next()!.length).toBe(first.length);
    reader.push(second.subarray(200));
    expect(Buffer.compare(reader.next()!, second)).toBe(0);
    expect(reader.next()).toBeUndefined();
  });

  it("reads byte by byte, and a frame of several megabytes in small chunks", () => {
    const small = frameOf(Uint8Array.of(1, 2, 3));
    expect(framesOf(new FrameReader(), cut(small, [...small.keys()])).length).toBe(1);
    const large = frameOf(new Uint8Array(3_000_000).map((_, i) => i % 251));
    const places = Array.from({ length: 100 }, (_, i) => i * 30_001);
    const [read] = framesOf(new FrameReader(), cut(large, places));
    expect(Buffer.compare(read!, large)).toBe(0);
  });

  it.each([
    [255, "iggy-protocol.frame-size"],
    [0, "iggy-protocol.frame-size"],
    [1025, "iggy-protocol.frame-size"],
    [0xffff_ffff, "iggy-protocol.frame-size"],
  ])("refuses a declared size of %i, and keeps refusing", (size, code) => {
    const frame = frameOf(new Uint8Array(0));
    new DataView(frame.buffer).setUint32(48, size, true);
    for (const places of [[], [100]]) {
      const reader = new FrameReader(1024);
      expect(() => framesOf(reader, cut(frame, places))).toThrow(expect.objectContaining({ code }));
      reader.push(frameOf(new Uint8Array(0)));
      expect(() => reader.next()).toThrow(expect.objectContaining({ code }));
    }
  });

  it("refuses a command byte that is no frame", () => {
    const frame = frameOf(new Uint8Array(0));
    frame[60] = 30;
    expect(() => framesOf(new FrameReader(), [frame])).toThrow(
      expect.objectContaining({ code: "iggy-protocol.frame-kind" }),
    );
  });

  it("takes no memory on the word of a size field", () => {
    const frame = frameOf(new Uint8Array(0));
    new DataView(frame.buffer).setUint32(48, 64 * 1024 * 1024, true);
    const before = process.memoryUsage().arrayBuffers;
    const readers = Array.from({ length: 20 }, () => new FrameReader());
    for (const reader of readers) expect(framesOf(reader, [frame])).toEqual([]);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(64 * 1024 * 1024);
  });

  it("gives frames or a typed error for random bytes", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 700 }), { maxLength: 5 }), (chunks) => {
        try {
          framesOf(new FrameReader(), chunks);
        } catch (error) {
          expect(error).toMatchObject({ code: expect.stringMatching(/^iggy-protocol\.frame-/) });
        }
      }),
    );
  });
});

describe("replies", () => {
  const fields = { client: 7n, request: 9, operation: Operation.CreateStream };

  it("read in the order eviction, status, result section, payload", () => {
    const eviction = {
      client: 3n,
      reason: 14,
      serverProtocolVersion: 12288,
      serverProtocolVersionMin: 11264,
    };
    expect(readReply(encodeEviction(eviction))).toEqual({ kind: "evicted", eviction });
    expect(decodeEviction(encodeEviction({ client: 3n, reason: 9 }))).toMatchObject({
      reason: 9,
      serverProtocolVersion: 0,
    });
    expect(readReply(encodeReplyFrame({ ...fields, status: 41 }, new Uint8Array(0)))).toEqual({
      kind: "refused",
      code: 41,
      channel: "status",
    });
    expect(readReply(encodeReplyFrame(fields, refusalBody(1012)))).toEqual({
      kind: "refused",
      code: 1012,
      channel: "result",
    });
    const payload = Uint8Array.of(1, 2, 3);
    expect(readReply(encodeReplyFrame(fields, successBody(Operation.CreateStream, payload)))).toEqual({
      kind: "success",
      payload,
    });
    const unframed = encodeReplyFrame(
      { ...fields, operation: Operation.SendMessages },
      successBody(Operation.SendMessages, payload),
    );
    expect(readReply(unframed)).toEqual({ kind: "success", payload });
  });

  it("refuse damaged result sections and frames of another kind", () => {
    for (const body of [new Uint8Array(0), new Uint8Array(3), refusalBody(3).subarray(0, 11)]) {
      expect(() => readReply(encodeReplyFrame(fields, body))).toThrow(
        expect.objectContaining({ code: "iggy-protocol.truncated" }),
      );
    }
    expect(() => readReply(frameOf(new Uint8Array(0)))).toThrow(
      expect.objectContaining({ code: "iggy-protocol.frame-kind" }),
    );
  });

  it("know which operations have a result section", () => {
    const framed = Object.values(Operation).filter((operation) => isResultFramed(operation, 4));
    const unframed = Object.entries(Operation).filter(([, operation]) => !framed.includes(operation));
    expect(unframed.map(([name]) => name)).toEqual([
      "NonReplicated",
      "Logout",
      "DeleteSegments",
      "SendMessages",
    ]);
    expect(isResultFramed(Operation.Register, 0)).toBe(false);
  });

  it("carry every header field", () => {
    const all = { ...fields, requestChecksum: 5n, op: 6n, commit: 7n, timestamp: 8n, status: 0 };
    expect(decodeReplyHeader(encodeReplyFrame(all, new Uint8Array(2)))).toEqual({
      ...all,
      request: 9n,
      size: 258,
    });
  });
});
