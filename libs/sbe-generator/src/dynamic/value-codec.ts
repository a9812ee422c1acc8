import type { TokenNode } from "../ir/token-tree.js";
import { arrayCodec } from "./array-codec.js";
import { compositeCodec } from "./composite-codec.js";
import { constantCodec } from "./constant-codec.js";
import { enumCodec, setCodec } from "./enum-codec.js";
import type { JsonValue } from "./json-value.js";
import { numberCodec } from "./number-codec.js";
import { textArrayCodec } from "./text-array-codec.js";

/** A value at a fixed place. Before a call the caller checks that `size` octets are there. */
export interface ValueCodec {
  /** Octets on the wire; 0 for a constant. */
  readonly size: number;
  /** Whether nothing may be given for it when writing. */
  readonly optional: boolean;
  /** @param actingVersion version of the message, for composites that grew */
  read(view: DataView, at: number, actingVersion: number): JsonValue;
  /** Throws `sbe.invalid-value` naming `path`. */
  write(view: DataView, at: number, value: JsonValue, path: string): void;
}

/**
 * The codec of a type: an encoding, or the begin of an enum, set or composite.
 *
 * @param constant of the field that the type is in, for what only the field makes constant
 */
export function valueCodec(node: TokenNode, littleEndian: boolean, constant?: string): ValueCodec {
  const { token } = node;
  if (token.presence === "constant") return constantCodec(token, constant ?? token.constant ?? "");
  switch (token.signal) {
    case "beginEnum":
      return enumCodec(node, littleEndian);
    case "beginSet":
      return setCodec(node, littleEndian);
    case "beginComposite":
      return compositeCodec(node, (member) => valueCodec(member, littleEndian));
    default:
      if (token.length === 1) return numberCodec(token, littleEndian);
      return token.primitive === "char" ? textArrayCodec(token) : arrayCodec(token, littleEndian);
  }
}
