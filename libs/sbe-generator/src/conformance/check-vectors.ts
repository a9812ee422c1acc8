import { hexOf, type JsonObject, octetsOfHex } from "../dynamic/json-value.js";
import { type CodecUnderTest, isTypedError } from "./codec-under-test.js";
import { differences } from "./differences.js";
import type { OddFrame, Reading, RefusedWrite, Vector } from "./folder-files.js";
import type { Report } from "./report.js";

/** Finds the codec of a schema file; throws when the file did not compile. */
export type CodecOf = (schemaFile: string) => CodecUnderTest;

/** Frames are read from the middle of a larger buffer, at an odd place, between octets that belong to others. */
const SURROUNDING = 13;

/** Members that the standard asks writers to fill; the vectors hold 0 there unless they say otherwise. */
const COUNTS_LEFT_ZERO: JsonObject = { numGroups: 0, numVarDataFields: 0 };

/** Writes the values of a vector and reads its octets, also with the other schemas that it names. */
export function checkVector(vector: Vector, codecOf: CodecOf, report: Report): void {
  const { name, message, decodeWith = [], encodeVersion, prefill, informative } = vector;
  const codec = (): CodecUnderTest => codecOf(vector.schemaFile);
  const label = `${name} (${message})`;
  if (encodeVersion === undefined && prefill === undefined) {
    report.check(`write ${label}`, () => {
      const header = { ...COUNTS_LEFT_ZERO, ...vector.headerExtra };
      const written = hexOf(codec().encode(message, vector.values, header));
      return informative ? [] : differences(vector.hex, written);
    });
  }
  if (encodeVersion === undefined) {
    const own: Reading = {
      schemaFile: vector.schemaFile,
      message,
      decodedLength: vector.length,
      decoded: vector.decoded,
    };
    report.check(`read ${label}`, () => checkReading(vector.hex, own, codec()));
  }
  for (const reading of decodeWith) {
    report.check(`read ${label} as ${reading.schemaFile} ${reading.message}`, () =>
      checkReading(vector.hex, reading, codecOf(reading.schemaFile)),
    );
  }
}

function checkReading(hex: string, reading: Reading, codec: CodecUnderTest): readonly string[] {
  const frame = octets(hex);
  const buffer = new Uint8Array(frame.length + 2 * SURROUNDING + 1).fill(0xb7);
  buffer.set(frame, SURROUNDING);
  const window = buffer.subarray(2, SURROUNDING + frame.length);
  const { message, values, length } = codec.decode(window, SURROUNDING - 2);
  return [
    ...differences(reading.message, message, 1, "message"),
    ...differences(reading.decodedLength, length, 1, "decodedLength"),
    ...differences(reading.decoded, values),
  ];
}

/** A write that must be refused, or that a strict writer may refuse. */
export function checkRefusedWrite(write: RefusedWrite, codecOf: CodecOf, report: Report): void {
  report.check(`refuse to write ${write.name}`, () => {
    const codec = codecOf(write.schemaFile);
    let written: Uint8Array;
    try {
      written = codec.encode(write.message, write.values, {});
    } catch (error) {
      if (isTypedError(error)) return [];
      throw error;
    }
    if (write.outcome === "refused") return ["was written"];
    return differences(write.hex, hexOf(written));
  });
}

/** A frame that is malformed, or looks like it. */
export function checkOddFrame(frame: OddFrame, codecOf: CodecOf, report: Report): void {
  report.check(`odd frame ${frame.name}`, () => {
    const codec = codecOf(frame.schemaFile);
    let found: { readonly values: unknown; readonly length: number };
    try {
      found = codec.decode(octets(frame.hex), 0);
    } catch (error) {
      if (!isTypedError(error)) throw error;
      return frame.careful === "decode" ? [`was refused (${(error as Error).message})`] : [];
    }
    if (frame.careful === "refuse") return ["was read"];
    // What the frame does not cover must be absent: equal values would have come from beyond it.
    if (frame.careful === "absent or refuse") {
      const same = frame.decoded !== undefined && differences(frame.decoded, found.values).length === 0;
      return same ? ["read what the block does not cover"] : [];
    }
    return [
      ...differences(frame.decodedLength, found.length, 1, "decodedLength"),
      ...differences(frame.decoded, found.values),
    ];
  });
}

function octets(hex: string): Uint8Array {
  const bytes = octetsOfHex(hex);
  if (!bytes) throw new Error(`"${hex.slice(0, 20)}…" is no hexadecimal text`);
  return bytes;
}
