import { ImsError, isImsError } from "@ims/common";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeRecord, readHeader, v1, v2 } from "./index.js";
import {
  type FlyweightClass,
  flyweightClass,
  type GeneratedModule,
  messageNames,
} from "./spec-support/flyweights.js";

const MESSAGES: readonly (readonly [string, FlyweightClass, FlyweightClass])[] = [v1, v2].flatMap(
  (module: GeneratedModule) =>
    messageNames(module).map(
      (name) =>
        [name, flyweightClass(module, `${name}Encoder`), flyweightClass(module, `${name}Decoder`)] as const,
    ),
);

/** A valid frame in a buffer of exactly its length. */
function validFrame(Encoder: FlyweightClass): Uint8Array {
  const bytes = new Uint8Array(512);
  const encoder = new Encoder().wrapAndApplyHeader(new DataView(bytes.buffer), 0);
  if ("text" in encoder) (encoder as unknown as v2.RequestRefusedEncoder).text("no such symbol");
  return bytes.slice(0, encoder.limit);
}

/** Reads all of a frame; only typed errors may come out. Returns whether it was readable. */
function readsOrRefuses(
  decoder: InstanceType<FlyweightClass>,
  view: DataView,
  offset: number,
  length: number,
): boolean {
  try {
    decoder.wrapAndApplyHeader(view, offset, length).toJSON();
    return true;
  } catch (error) {
    if (!(error instanceof ImsError)) throw error;
    return false;
  }
}

describe.each(MESSAGES)("%s", (_, Encoder, Decoder) => {
  const frame = validFrame(Encoder);
  const decoder = new Decoder();

  it("refuses a frame cut at any octet, at the end of a buffer and inside one", () => {
    const view = new DataView(frame.buffer);
    const larger = new Uint8Array(frame.length + 64);
    larger.set(frame);
    const largerView = new DataView(larger.buffer);
    expect(readsOrRefuses(decoder, view, 0, frame.length)).toBe(true);
    for (let length = 0; length < frame.length; length++) {
      const cut = frame.slice(0, length);
      for (const window of [new DataView(cut.buffer), largerView]) {
        expect([length, readsOrRefuses(decoder, window, 0, length)]).toEqual([length, false]);
      }
    }
    expect(readsOrRefuses(decoder, view, 0, frame.length + 1)).toBe(false);
    expect(readsOrRefuses(decoder, view, -1, frame.length)).toBe(false);
  });

  it("accepts a longer block of a newer version and skips what it added", () => {
    const newer = new Uint8Array(frame.length + 16).fill(0xee);
    newer.set(frame.subarray(0, 8 + Decoder.BLOCK_LENGTH));
    newer.set(frame.subarray(8 + Decoder.BLOCK_LENGTH), 8 + Decoder.BLOCK_LENGTH + 16);
    const view = new DataView(newer.buffer);
    view.setUint16(0, Decoder.BLOCK_LENGTH + 16, true);
    view.setUint16(6, 9, true);
    const old = new Decoder().wrapAndApplyHeader(new DataView(frame.buffer), 0, frame.length);
    expect(decoder.wrapAndApplyHeader(view, 0, newer.length).toJSON()).toEqual(old.toJSON());
    expect(decoder.limit).toBe(newer.length);
  });

  it("refuses a block that is declared shorter than its required fields", () => {
    const view = new DataView(frame.slice().buffer);
    view.setUint16(0, Math.floor(Decoder.BLOCK_LENGTH / 2), true);
    expect(() => decoder.wrapAndApplyHeader(view, 0, frame.length)).toThrow(
      expect.objectContaining({ code: "sbe.truncated" }),
    );
  });

  it("reads or refuses any single flipped bit", () => {
    const bytes = frame.slice();
    const view = new DataView(bytes.buffer);
    let readable = 0;
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const mask = 1 << (bit & 7);
      bytes[bit >> 3]! ^= mask;
      if (readsOrRefuses(decoder, view, 0, bytes.length)) readable++;
      bytes[bit >> 3]! ^= mask;
    }
    expect(readable).toBeGreaterThan(0);
    expect(readable).toBeLessThan(bytes.length * 8);
  });

  it("names template and schema that are not its own", () => {
    const view = new DataView(frame.slice().buffer);
    view.setUint16(4, 2, true);
    const attempt = () => decoder.wrapAndApplyHeader(view, 0, frame.length);
    expect(attempt).toThrow(expect.objectContaining({ code: "sbe.wrong-schema" }));
    view.setUint16(2, 9999, true);
    expect(attempt).toThrow(expect.objectContaining({ code: "sbe.wrong-template" }));
  });
});

describe("random octets", () => {
  const decoders = MESSAGES.map(([, , Decoder]) => new Decoder());

  it("never give anything but a reading or a typed error", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 320, size: "max" }), fc.nat({ max: 400 }), (octets, length) => {
        const view = new DataView(octets.buffer, octets.byteOffset, octets.byteLength);
        for (const decoder of decoders) readsOrRefuses(decoder, view, 0, length);
        recordOrRefusal(view, length);
      }),
      { numRuns: 300 },
    );
  });

  it("behind a valid header neither", () => {
    let readable = 0;
    fc.assert(
      fc.property(
        fc.nat({ max: MESSAGES.length - 1 }),
        fc.uint8Array({ maxLength: 320, size: "max" }),
        (which, octets) => {
          const [, Encoder, Decoder] = MESSAGES[which]!;
          const bytes = octets.slice();
          bytes.set(validFrame(Encoder).subarray(0, Math.min(8, bytes.length)));
          const view = new DataView(bytes.buffer);
          if (readsOrRefuses(new Decoder(), view, 0, bytes.length)) readable++;
          recordOrRefusal(view, bytes.length);
        },
      ),
      { numRuns: 600 },
    );
    expect(readable).toBeGreaterThan(0);
  });

  function recordOrRefusal(view: DataView, length: number): void {
    try {
      decodeRecord(view, 0, length);
    } catch (error) {
      if (!isImsError(error)) throw error;
    }
  }
});

describe("readHeader", () => {
  it("is undefined for less than a header", () => {
    const view = new DataView(validFrame(flyweightClass(v2, "TradeEncoder")).buffer);
    expect(readHeader(view, 0, 8)).toEqual({ blockLength: 120, templateId: 210, schemaId: 1, version: 2 });
    for (const [offset, length] of [
      [0, 7],
      [121, 8],
      [-1, 8],
    ] as const) {
      expect(readHeader(view, offset, length)).toBeUndefined();
    }
  });
});
