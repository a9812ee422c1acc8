import type { Writable } from "node:stream";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as ws from "ws";
import { encodeClientFrame, Opcode, WebSocketFault, WebSocketFrames } from "./web-socket-frames.js";

/** The reading half of that library, which its types do not tell of. */
const { Receiver } = ws as unknown as { Receiver: new (options: object) => Writable };
const MESSAGE_BYTES_MAX = 70_000;

interface Seen {
  /** What was told, in order, payloads as base64. */
  readonly calls: string[];
  isFaulty: boolean;
}

/** How the bytes are read in chunks that are put behind what was left of those before. */
function ours(chunks: readonly Uint8Array[]): Seen {
  const seen: Seen = { calls: [], isFaulty: false };
  const frames = new WebSocketFrames(MESSAGE_BYTES_MAX, {
    onMessage: (message) => seen.calls.push(`message ${text(message)}`),
    onPing: (payload) => seen.calls.push(`ping ${text(payload)}`),
    onPong: () => seen.calls.push("pong"),
    onClose: (code) => seen.calls.push(`close ${code}`),
  });
  let rest = new Uint8Array(0);
  try {
    for (const chunk of chunks) {
      // At a place that is not the begin of its memory, with other bytes around.
      const memory = new Uint8Array(rest.length + chunk.length + 9).fill(0x81);
      memory.set(rest, 4);
      memory.set(chunk, 4 + rest.length);
      const end = 4 + rest.length + chunk.length;
      rest = memory.slice(frames.read(memory, 4, end), end);
    }
  } catch (error) {
    if (!(error instanceof WebSocketFault)) throw error;
    seen.isFaulty = true;
  }
  return seen;
}

/** The same by an independent implementation. */
function oracle(chunks: readonly Uint8Array[]): Seen {
  const seen: Seen = { calls: [], isFaulty: false };
  const receiver = new Receiver({ maxPayload: MESSAGE_BYTES_MAX, skipUTF8Validation: true });
  receiver.on("message", (message: Buffer) => seen.calls.push(`message ${text(message)}`));
  receiver.on("ping", (payload: Buffer) => seen.calls.push(`ping ${text(payload)}`));
  receiver.on("pong", () => seen.calls.push("pong"));
  receiver.on("conclude", (code: number) => seen.calls.push(`close ${code}`));
  receiver.on("error", () => {});
  // What follows a close frame is nobody's.
  const isOver = () => receiver.errored !== null || seen.calls.at(-1)?.startsWith("close") === true;
  for (const chunk of chunks) if (!isOver()) receiver.write(Buffer.from(chunk));
  seen.isFaulty = receiver.errored !== null;
  return seen;
}

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64");

/** A frame as it stands on the wire, right or wrong. */
function frame(first: number, length: number, form: 7 | 16 | 64, isMasked = false): Uint8Array {
  const head = form === 7 ? 2 : form === 16 ? 4 : 10;
  const bytes = Buffer.alloc(head + length, 0x5a + (length % 7));
  bytes[0] = first;
  bytes[1] = (isMasked ? 0x80 : 0) | (form === 7 ? length & 0x7f : form === 16 ? 126 : 127);
  if (form === 16) bytes.writeUInt16BE(length & 0xffff, 2);
  if (form === 64) bytes.writeBigUInt64BE(BigInt(length), 2);
  // Of a close frame: a code.
  if ((first & 0x0f) === Opcode.Close && length >= 2) bytes.writeUInt16BE(1000 + (length % 17), head);
  return bytes;
}

const length = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 0, max: 125 }) },
  fc.integer({ min: 126, max: 3000 }),
  fc.constantFrom(0, 1, 2, 125, 126, 127, 65_535, 65_536, 69_999, 70_000, 70_001),
);
const form = (count: number) => (count < 126 ? 7 : count < 65_536 ? 16 : 64);
const right = fc.oneof(
  { weight: 6, arbitrary: length.map((count) => [frame(0x81, count, form(count))]) },
  { weight: 2, arbitrary: length.map((count) => [frame(0x82, count, form(count))]) },
  {
    weight: 2,
    arbitrary: fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 2, maxLength: 6 }).map((counts) =>
      counts.flatMap((count, index) => {
        const isLast = index === counts.length - 1;
        const part = frame((isLast ? 0x80 : 0) | (index === 0 ? 1 : 0), count, form(count));
        // Control frames may stand between fragments.
        return count % 3 === 0 && !isLast ? [part, frame(0x89, count % 126, 7)] : [part];
      }),
    ),
  },
  fc.integer({ min: 0, max: 125 }).map((count) => [frame(count % 2 ? 0x89 : 0x8a, count, 7)]),
);
/** Any head: mostly wrong. */
const wild = fc
  .tuple(fc.integer({ min: 0, max: 255 }), length, fc.constantFrom<7 | 16 | 64>(7, 16, 64), fc.boolean())
  .map(([first, count, wanted, isMasked]) => [frame(first, count, wanted, isMasked)]);
const stream = (kind: fc.Arbitrary<Uint8Array[]>) =>
  fc
    .tuple(fc.array(kind, { maxLength: 12 }), fc.array(fc.integer({ min: 1, max: 5000 }), { minLength: 1 }))
    .map(([frames, sizes]) => {
      const bytes = Buffer.concat(frames.flat());
      // What is left of a chunk is copied: a hundred of them are enough.
      return cut(
        bytes,
        sizes.map((size) => Math.max(size, Math.ceil(bytes.length / 100))),
      );
    });

function cut(bytes: Uint8Array, sizes: readonly number[]): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const size = sizes[turn % sizes.length]!;
    chunks.push(bytes.subarray(at, at + size));
    at += size;
  }
  return chunks;
}

describe("WebSocketFrames", () => {
  it("says what an independent implementation says of proper frames, however they are cut", () => {
    fc.assert(
      fc.property(stream(right), (chunks) => {
        const told = ours(chunks);
        expect(told).toEqual(oracle(chunks));
      }),
      { numRuns: 200 },
    );
  });

  it("says it of whatever else comes, up to the first fault, and sees the same faults", () => {
    fc.assert(
      fc.property(stream(fc.oneof({ weight: 3, arbitrary: right }, wild)), (chunks) => {
        expect(ours(chunks)).toEqual(oracle(chunks));
      }),
      { numRuns: 400 },
    );
  });

  it("takes frames byte by byte", () => {
    const frames = [frame(0x81, 3, 7), frame(0x01, 200, 16), frame(0x89, 4, 7), frame(0x80, 66_000, 64)];
    const bytes = Buffer.concat([...frames, frame(0x88, 2, 7)]);
    const told = ours(cut(bytes, [1]));
    expect(told.calls.map((call) => call.split(" ")[0])).toEqual(["message", "ping", "message", "close"]);
    expect(told).toEqual(oracle([bytes]));
  });

  it("refuses each breach with the code for it", () => {
    const codeOf = (bytes: Uint8Array) => {
      const handler = { onMessage() {}, onPing() {}, onPong() {}, onClose() {} };
      try {
        new WebSocketFrames(100, handler).read(bytes, 0, bytes.length);
      } catch (error) {
        return (error as WebSocketFault).code;
      }
      return undefined;
    };
    expect(codeOf(frame(0x81, 100, 7))).toBeUndefined();
    expect(codeOf(frame(0x81, 101, 7))).toBe(1009);
    expect(codeOf(Buffer.concat([frame(0x01, 60, 7), frame(0x80, 41, 7)]))).toBe(1009);
    for (const wrong of [0xc1, 0x83, 0x8b, 0x09, 0x80]) expect(codeOf(frame(wrong, 1, 7))).toBe(1002);
    expect(codeOf(frame(0x81, 1, 7, true))).toBe(1002);
    expect(codeOf(Buffer.from([0x88, 1, 3]))).toBe(1002);
    expect(codeOf(Buffer.from([0x88, 2, 1005 >> 8, 1005 & 255]))).toBe(1002);
  });

  it("knows how long the frame is that has not come whole, so that there can be room for it", () => {
    const frames = new WebSocketFrames(1000, { onMessage() {}, onPing() {}, onPong() {}, onClose() {} });
    const bytes = frame(0x81, 900, 16);
    expect([frames.read(bytes, 0, 3), frames.frameBytes]).toEqual([0, 0]);
    expect([frames.read(bytes, 0, 500), frames.frameBytes]).toEqual([0, 904]);
    expect([frames.read(bytes, 0, 904), frames.frameBytes]).toEqual([904, 0]);
  });
});

describe("encodeClientFrame", () => {
  it("is read by an independent implementation of a server", () => {
    fc.assert(
      fc.property(length, fc.uint8Array({ minLength: 4, maxLength: 4 }), (count, mask) => {
        const payload = Buffer.alloc(count, count % 251);
        const received: Buffer[] = [];
        const server = new Receiver({ isServer: true, skipUTF8Validation: true });
        server.on("message", (message: Buffer) => received.push(message));
        server.write(Buffer.from(encodeClientFrame(Opcode.Text, payload, mask)));
        expect(received).toEqual([payload]);
      }),
    );
  });
});
