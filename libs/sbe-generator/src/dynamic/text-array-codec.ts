import type { Token } from "../ir/token.js";
import { invalidValue } from "./codec-error.js";
import { isObject, type JsonValue, memberOf, octetsOfHex, shown } from "./json-value.js";
import { type TextCodec, textCodec } from "./text-codec.js";
import type { ValueCodec } from "./value-codec.js";

/** A char array: text up to the first NUL, of UTF-16 the first unit of zeros; spaces kept, written with NULs behind it. */
export function textArrayCodec(token: Token): ValueCodec {
  const size = token.size;
  const text = textCodec(token.characterEncoding!);
  return {
    size,
    optional: token.presence === "optional",
    read(view, at) {
      const bytes = new Uint8Array(view.buffer, view.byteOffset + at, size);
      return text.decode(bytes.subarray(0, text.unpaddedLength(bytes)));
    },
    write(view, at, value, path) {
      const octets = textOctets(value ?? "", text, token.characterEncoding!, path);
      if (octets.length > size) {
        throw invalidValue(path, `${octets.length} octets of text, room for ${size}`, "Shorten the text");
      }
      const bytes = new Uint8Array(view.buffer, view.byteOffset + at, size);
      bytes.fill(0);
      bytes.set(octets);
    },
  };
}

/** Octets of a text or of `{"hex"}`; throws `sbe.invalid-value` for anything else. */
export function textOctets(
  value: JsonValue,
  text: TextCodec | undefined,
  charset: string,
  path: string,
): Uint8Array {
  const hex = isObject(value) ? memberOf(value, "hex") : undefined;
  const raw = typeof hex === "string" ? octetsOfHex(hex) : undefined;
  if (raw) return raw;
  if (typeof value === "string" && text) {
    const octets = text.encode(value);
    if (octets) return octets;
    throw invalidValue(
      path,
      `${shown(value)} has a character that ${charset} lacks`,
      "Replace the character",
    );
  }
  throw invalidValue(
    path,
    `${shown(value)} is no ${text ? "text" : "octets"}`,
    `Give ${text ? "a string or " : ""}{"hex": "…"}`,
  );
}
