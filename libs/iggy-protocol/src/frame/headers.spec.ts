import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeEviction, encodeEviction } from "./eviction.js";
import { FrameKind, frameKind, frameSize } from "./frame-layout.js";
import { decodeReplyHeader, encodeReplyHeader } from "./reply-header.js";
import { readReply, refusalBody, successBody } from "./reply-outcome.js";
import { decodeRequestHeader, encodeRequestHeader } from "./request-header.js";

const u8 = fc.nat(255);
const u32 = fc.nat(0xffff_ffff);
const u64 = fc.bigInt(0n, (1n << 64n) - 1n);
const u128 = fc.bigInt(0n, (1n << 128n) - 1n);
const bodyBytes = fc.nat(1_000_000);
/** What was in the memory before. */
const dirt = fc.uint8Array({ minLength: 300, maxLength: 300 });

describe("headers", () => {
  it("of requests come back as they went, wherever they are written", () => {
    const fields = fc.record({
      client: u128,
      request: u64,
      operation: u8,
      session: u64,
      code: u32,
      requestChecksum: u128,
    });
    fc.assert(
      fc.property(fields, bodyBytes, dirt, fc.nat(44), (request, length, memory, at) => {
        encodeRequestHeader(request, length, memory, at);
        const frame = memory.subarray(at, at + 256);
        expect(decodeRequestHeader(frame)).toEqual({
          ...request,
          size: 256 + length,
          timestamp: 0n,
          userId: 0,
        });
        expect(frame).toEqual(encodeRequestHeader(request, length));
        expect(frameKind(frame)).toBe(FrameKind.Request);
      }),
    );
  });

  it("of replies come back as they went, wherever they are written", () => {
    const fields = fc.record({
      client: u128,
      request: u64,
      operation: u8,
      status: u32,
      requestChecksum: u128,
      op: u64,
      commit: u64,
      timestamp: u64,
    });
    fc.assert(
      fc.property(fields, bodyBytes, dirt, fc.nat(44), (reply, length, memory, at) => {
        encodeReplyHeader(reply, length, memory, at);
        const frame = memory.subarray(at, at + 256);
        expect(decodeReplyHeader(frame)).toEqual({ ...reply, size: 256 + length });
        expect(frame).toEqual(encodeReplyHeader(reply, length));
      }),
    );
  });

  it("of evictions come back as they went", () => {
    const fields = fc.record({
      client: u128,
      reason: u8,
      serverProtocolVersion: u32,
      serverProtocolVersionMin: u32,
    });
    fc.assert(
      fc.property(fields, (eviction) => {
        const frame = encodeEviction(eviction);
        expect(decodeEviction(frame)).toEqual(eviction);
        expect([frame.length, frameSize(frame), frameKind(frame)]).toEqual([256, 256, FrameKind.Eviction]);
      }),
    );
  });
});

describe("readReply", () => {
  it("gives back every payload and every refusal, and a typed error for what is neither", () => {
    const typed = expect.objectContaining({ code: expect.stringMatching(/^iggy-protocol\./) });
    const operation = fc.constantFrom(1, 2, 3, 64, 65, 68, 128, 141, 149, 160, 161, 162);
    fc.assert(
      fc.property(operation, fc.uint8Array({ maxLength: 40 }), u32, (of, payload, code) => {
        const frameOf = (body: Uint8Array) =>
          new Uint8Array(
            Buffer.concat([encodeReplyHeader({ client: 1n, request: 1, operation: of }, body.length), body]),
          );
        const success = readReply(frameOf(successBody(of, payload)));
        expect(success).toEqual({ kind: "success", payload });
        try {
          const damaged = readReply(frameOf(payload));
          expect(["success", "refused"]).toContain(damaged.kind);
        } catch (error) {
          expect(error).toEqual(typed);
        }
        if (of < 128 || of === 160) return;
        expect(readReply(frameOf(refusalBody(code)))).toEqual({ kind: "refused", code, channel: "result" });
      }),
      { numRuns: 300 },
    );
  });
});
