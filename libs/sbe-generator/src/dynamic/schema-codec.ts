import type { SchemaTokens } from "../ir/token.js";
import { type DecodedFrame, decodeFrame, decodeHeader, type FrameHeader } from "./decode-frame.js";
import { encodeFrame } from "./encode-frame.js";
import { planSchema, type SchemaPlan } from "./frame-plan.js";
import type { JsonObject } from "./json-value.js";

/**
 * Reads and writes frames of a schema without generated code. The notation: 64-bit integers as decimal text; floats as
 * numbers or `"NaN"`, `"Infinity"`, `"-Infinity"`, `"-0"`; a char as one character or `{"raw": code}`; char arrays and
 * data as text or `{"hex": octets}`; enums by name or `{"raw": number}`; sets as lists of names, with unknown bits
 * `{"choices": names, "raw": number}`; null for null values and for what the frame's version does not have.
 */
export class SchemaCodec {
  readonly #plan: SchemaPlan;

  constructor(readonly tokens: SchemaTokens) {
    this.#plan = planSchema(tokens);
  }

  /**
   * Reads the frame whose header stands at `offset`; octets behind it are left alone. Throws CodecError for a frame
   * that is truncated, of another schema or an unknown template, or whose counts and lengths are out of bounds.
   */
  decode(bytes: Uint8Array, offset = 0): DecodedFrame {
    return decodeFrame(this.#plan, viewOf(bytes), offset);
  }

  /** The header alone, for frames whose template this schema does not know. Throws `sbe.truncated`. */
  decodeHeader(bytes: Uint8Array, offset = 0): FrameHeader {
    return decodeHeader(this.#plan.header, viewOf(bytes), offset);
  }

  /** Octets of the header. */
  get headerLength(): number {
    return this.#plan.header.size;
  }

  /**
   * Writes a message with its header; padding is zero. Throws CodecError naming the value that is missing, of another
   * form, or does not fit.
   *
   * @param header members of the header beyond the usual four, or in place of computed ones
   */
  encode(message: string, values: JsonObject, header: JsonObject = {}): Uint8Array {
    return encodeFrame(this.#plan, message, values, header);
  }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
