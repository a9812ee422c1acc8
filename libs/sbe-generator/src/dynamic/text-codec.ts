import { tableEncoder } from "./charset-table.js";

/** Text of one charset to octets and back. */
export interface TextCodec {
  /** What the charset does not know reads as U+FFFD; never throws. */
  decode(bytes: Uint8Array): string;
  /** Undefined when the charset lacks a character of the text. */
  encode(text: string): Uint8Array | undefined;
}

const codecs = new Map<string, TextCodec>();

/** @param charset canonical name, as `characterEncoding` of a token */
export function textCodec(charset: string): TextCodec {
  const known = codecs.get(charset);
  if (known) return known;
  const codec = create(charset);
  codecs.set(charset, codec);
  return codec;
}

function create(charset: string): TextCodec {
  if (charset === "US-ASCII") return singleOctet(0x7f);
  if (charset === "ISO-8859-1") return singleOctet(0xff);
  // A byte order mark is a character of the field like any other.
  const decoder = new TextDecoder(charset.toLowerCase(), { ignoreBOM: true });
  const decode = (bytes: Uint8Array) => decoder.decode(bytes);
  if (charset !== "UTF-8") return { decode, encode: tableEncoder(charset) };
  const encoder = new TextEncoder();
  return { decode, encode: (text) => encoder.encode(text) };
}

/** Charsets whose octets are the code units up to `codeMax`; TextDecoder takes both for windows-1252. */
function singleOctet(codeMax: number): TextCodec {
  return {
    decode(bytes) {
      let text = "";
      for (const code of bytes) text += code > codeMax ? "\ufffd" : String.fromCharCode(code);
      return text;
    },
    encode(text) {
      const bytes = new Uint8Array(text.length);
      for (let index = 0; index < text.length; index++) {
        const code = text.charCodeAt(index);
        if (code > codeMax) return undefined;
        bytes[index] = code;
      }
      return bytes;
    },
  };
}
