import { decodeText, textLength } from "../runtime/text-reader.js";
import { octetsOfText } from "../runtime/text-writer.js";
import { isUtf16, utf16Length } from "../runtime/utf16.js";

/** Text of one charset to octets and back, by the same rules as generated code. */
export interface TextCodec {
  /** What the charset does not know reads as U+FFFD; never throws. */
  decode(bytes: Uint8Array): string;
  /** Undefined when the charset lacks a character of the text. */
  encode(text: string): Uint8Array | undefined;
  /** Octets of a text that is padded with zeros. */
  unpaddedLength(bytes: Uint8Array): number;
}

/** @param charset canonical name, as `characterEncoding` of a token */
export function textCodec(charset: string): TextCodec {
  const lengthOf = isUtf16(charset) ? utf16Length : textLength;
  return {
    decode: (bytes) => decodeText(bytes, 0, bytes.length, charset),
    encode: (text) => octetsOfText(text, charset),
    unpaddedLength: (bytes) => lengthOf(bytes, 0, bytes.length),
  };
}
