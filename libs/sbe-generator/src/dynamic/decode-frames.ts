import { CodecError, truncated } from "./codec-error.js";
import type { DecodedFrame, FrameHeader } from "./decode-frame.js";
import { hexOf } from "./json-value.js";
import type { SchemaCodec } from "./schema-codec.js";

/** A frame of a template that the schema does not have: its block as octets, skipped by the length in its header. */
export interface UnknownFrame extends FrameHeader {
  readonly message: null;
  readonly block: { readonly hex: string };
  /** Octets of header and block; groups and data behind them cannot be found without the schema. */
  readonly length: number;
}

/**
 * Frames that stand one behind the other, as far as the schema tells where each ends. Throws CodecError at the first
 * that cannot be read; the frames before it have been given by then.
 */
export function* decodeFrames(codec: SchemaCodec, bytes: Uint8Array): Generator<DecodedFrame | UnknownFrame> {
  let offset = 0;
  do {
    const frame = decodeOne(codec, bytes, offset);
    yield frame;
    offset += frame.length;
    // An empty header and block would be found at the same place for ever.
    if (frame.length === 0) return;
  } while (offset < bytes.length);
}

function decodeOne(codec: SchemaCodec, bytes: Uint8Array, offset: number): DecodedFrame | UnknownFrame {
  try {
    return codec.decode(bytes, offset);
  } catch (error) {
    if (!(error instanceof CodecError) || error.code !== "sbe.unknown-template") throw error;
    const header = codec.decodeHeader(bytes, offset);
    const start = offset + codec.headerLength;
    const end = start + header.blockLength;
    if (end > bytes.length) throw truncated("unknown message", start, header.blockLength, bytes.length);
    const block = { hex: hexOf(bytes.subarray(start, end)) };
    return { message: null, ...header, length: end - offset, block };
  }
}
