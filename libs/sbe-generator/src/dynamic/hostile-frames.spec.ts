import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compileText, schemaText } from "../spec-support/memory-schema.js";
import { CodecError } from "./codec-error.js";
import { decodeFrames } from "./decode-frames.js";
import { SchemaCodec } from "./schema-codec.js";

const TYPES = `<composite name="dim"><type name="blockLength" primitiveType="uint16"/><type name="numInGroup" primitiveType="uint32" maxValue="2147483647"/></composite>
<composite name="text"><type name="length" primitiveType="uint32" maxValue="2147483647"/><type name="varData" length="0" primitiveType="uint8" characterEncoding="GB18030"/></composite>`;
const MESSAGES = `<message name="M" id="1"><field name="a" id="1" type="double"/><group name="g" id="2" dimensionType="dim"><field name="b" id="1" type="int32"/>
<group name="h" id="2" dimensionType="dim"><data name="d" id="1" type="text"/></group></group><data name="e" id="3" type="text"/></message>
<message name="Hollow" id="2"><group name="g" id="1" dimensionType="dim"><group name="h" id="1" dimensionType="dim"/></group></message>`;

const codec = new SchemaCodec(compileText(schemaText(TYPES, MESSAGES)).tokens);
const frame = codec.encode("M", {
  a: 1,
  g: [
    { b: 1, h: [{ d: "价格" }, { d: "" }] },
    { b: 2, h: [] },
  ],
  e: "end",
});

/** Either all frames, or a typed error; nothing else, and never octets from behind the window. */
function readOrRefuse(bytes: Uint8Array): boolean {
  try {
    for (const { length } of decodeFrames(codec, bytes)) expect(length).toBeLessThanOrEqual(bytes.length);
    return true;
  } catch (error) {
    expect(error).toBeInstanceOf(CodecError);
    return false;
  }
}

describe("hostile frames", () => {
  it("are refused when cut at any length", () => {
    for (let length = 0; length < frame.length; length++) {
      const buffer = new Uint8Array(frame.length + 64).fill(1);
      buffer.set(frame.subarray(0, length));
      expect([length, readOrRefuse(buffer.subarray(0, length))]).toEqual([length, false]);
    }
    expect(readOrRefuse(frame)).toBe(true);
  });

  it("of random octets, behind a header that is right or not, do no harm", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.boolean(), (octets, headed) => {
        readOrRefuse(headed ? Uint8Array.from([...frame.subarray(0, 8), ...octets]) : octets);
      }),
      { numRuns: 2000 },
    );
  });

  it("with flipped bits, or extreme words at any place, do no harm", () => {
    const words = [0, 1, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff];
    for (let at = 0; at < frame.length; at++) {
      for (let bit = 0; bit < 8; bit++) {
        const flipped = frame.slice();
        flipped[at] = flipped[at]! ^ (1 << bit);
        readOrRefuse(flipped);
      }
      for (const word of at + 4 <= frame.length ? words : []) {
        const changed = frame.slice();
        new DataView(changed.buffer).setUint32(at, word, true);
        readOrRefuse(changed);
      }
    }
  });

  it("cannot make it loop over two thousand million entries, flat or nested", () => {
    const bomb = new Uint8Array(8 + 8 + 6 + 6).fill(0);
    bomb.set(frame.subarray(0, 16));
    const view = new DataView(bomb.buffer);
    view.setUint32(18, 0x7fff_ffff, true);
    expect(() => codec.decode(bomb)).toThrow(expect.objectContaining({ code: "sbe.truncated" }));
    view.setUint32(18, 1, true);
    view.setUint32(24, 0x7fff_ffff, true);
    expect(() => codec.decode(bomb)).toThrow(expect.objectContaining({ code: "sbe.truncated" }));
  });

  it("cannot make it loop over entries without octets, in one group or in many", () => {
    const hollow = (counts: readonly number[]) => {
      const bytes = new Uint8Array(8 + 6 + counts.length * 6);
      bytes.set([0, 0, 2, 0, 7, 0, 3, 0]);
      const view = new DataView(bytes.buffer);
      view.setUint32(10, counts.length, true);
      for (const [index, count] of counts.entries()) view.setUint32(16 + index * 6, count, true);
      return () => codec.decode(bytes);
    };
    expect(hollow([2, 0, 1])().values).toEqual({ g: [{ h: [{}, {}] }, { h: [] }, { h: [{}] }] });
    const refused = expect.objectContaining({ code: "sbe.count-too-large" });
    expect(hollow([0x7fff_ffff])).toThrow(refused);
    expect(hollow([65_535])).toThrow(refused);
    expect(hollow(new Array<number>(100).fill(60_000))).toThrow(refused);
  });
});
