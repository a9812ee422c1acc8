import { isVoid } from "../ir/token.js";
import type { TokenNode } from "../ir/token-tree.js";
import { invalidValue } from "./codec-error.js";
import { isObject, type JsonValue, memberOf, setMember, shown } from "./json-value.js";
import type { ValueCodec } from "./value-codec.js";

interface Member {
  readonly name: string;
  readonly offset: number;
  readonly sinceVersion: number;
  readonly constant: boolean;
  readonly codec: ValueCodec;
}

/**
 * An object of its members. A member of a later version than the message reads as null.
 *
 * @param codecOf makes the codec of a member
 */
export function compositeCodec(
  { token, children }: TokenNode,
  codecOf: (member: TokenNode) => ValueCodec,
): ValueCodec {
  const members = children
    .filter((child) => !isVoid(child.token))
    .map((child): Member => {
      const { name, offset, sinceVersion, presence } = child.token;
      const codec = codecOf(child);
      return { name, offset, sinceVersion, constant: presence === "constant", codec };
    });
  return {
    size: token.size,
    optional: members.every(({ codec }) => codec.optional),
    read(view, at, actingVersion) {
      const value: Record<string, JsonValue> = {};
      for (const { name, offset, sinceVersion, constant, codec } of members) {
        const absent = sinceVersion > actingVersion && !constant;
        setMember(value, name, absent ? null : codec.read(view, at + offset, actingVersion));
      }
      return value;
    },
    write(view, at, value, path) {
      const source = value ?? {};
      if (!isObject(source)) {
        throw invalidValue(path, `${shown(value)} is no composite`, "Give an object of its members");
      }
      for (const { name, offset, codec } of members) {
        codec.write(view, at + offset, memberOf(source, name) ?? null, `${path}.${name}`);
      }
    },
  };
}
