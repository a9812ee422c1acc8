import type { TokenNode } from "../ir/token-tree.js";
import { primitiveOf } from "../schema/primitive-type.js";
import { invalidValue } from "./codec-error.js";
import { isObject, type JsonValue, memberOf, shown } from "./json-value.js";
import { numberFromJson, numberOf } from "./number-codec.js";
import { primitiveAccess } from "./primitive-access.js";
import type { ValueCodec } from "./value-codec.js";

/** Name of the value, null for the null, `{"raw"}` for a number that the schema does not know. */
export function enumCodec({ token, children }: TokenNode, littleEndian: boolean): ValueCodec {
  const primitive = primitiveOf(token.primitive!)!;
  const access = primitiveAccess(primitive.name, littleEndian);
  const nullValue = numberOf(primitive, token.nullValue!);
  const values = new Map(
    children.map((child) => [child.token.name, numberOf(primitive, child.token.value!)] as const),
  );
  const names = new Map([...values].map(([name, value]) => [value, name] as const));
  return {
    size: access.size,
    optional: token.presence === "optional",
    read(view, at) {
      const value = access.read(view, at);
      const name = names.get(value);
      if (name !== undefined) return name;
      return value === nullValue ? null : { raw: typeof value === "bigint" ? String(value) : value };
    },
    write(view, at, value, path) {
      const number = value === null ? nullValue : typeof value === "string" ? values.get(value) : undefined;
      access.write(view, at, number ?? rawValue(value, path));
    },
  };

  function rawValue(value: JsonValue, path: string): number | bigint {
    const raw = isObject(value) ? memberOf(value, "raw") : undefined;
    if (raw === undefined) {
      throw invalidValue(
        path,
        `${shown(value)} is no value of ${token.typeName}`,
        `Give one of ${shown([...values.keys()])}, null, or {"raw": number}`,
      );
    }
    const holder = primitive.kind === "char" && typeof raw === "number" ? { raw } : raw;
    return numberFromJson(primitive, holder, path);
  }
}

/** Names of the choices that are set; with undefined bits the whole number beside them. */
export function setCodec({ token, children }: TokenNode, littleEndian: boolean): ValueCodec {
  const primitive = primitiveOf(token.primitive!)!;
  const access = primitiveAccess(primitive.name, littleEndian);
  const bits = new Map(children.map((child) => [child.token.name, 1n << BigInt(child.token.value!)]));
  return {
    size: access.size,
    optional: token.presence === "optional",
    read(view, at) {
      const number = BigInt(access.read(view, at));
      const choices = [...bits].filter(([, bit]) => (number & bit) !== 0n);
      const known = choices.reduce((sum, [, bit]) => sum | bit, 0n);
      const names = choices.map(([name]) => name);
      return known === number ? names : { choices: names, raw: String(number) };
    },
    write(view, at, value, path) {
      const raw = isObject(value) ? memberOf(value, "raw") : undefined;
      const number = raw === undefined ? choicesToBits(value, path) : numberFromJson(primitive, raw, path);
      access.write(view, at, number);
    },
  };

  function choicesToBits(value: JsonValue, path: string): bigint {
    // A set has no null; nothing given is no choice made.
    const names = value ?? [];
    let number = 0n;
    if (!Array.isArray(names)) {
      throw invalidValue(path, `${shown(value)} is no set`, 'Give a list of names or {"raw": number}');
    }
    for (const name of names) {
      const bit = typeof name === "string" ? bits.get(name) : undefined;
      if (bit === undefined) {
        const known = shown([...bits.keys()]);
        throw invalidValue(path, `${shown(name)} is no choice of ${token.typeName}`, `Give some of ${known}`);
      }
      number |= bit;
    }
    return number;
  }
}
