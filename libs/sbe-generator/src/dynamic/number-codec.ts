import type { Token } from "../ir/token.js";
import { type PrimitiveType, primitiveOf, storageRange } from "../schema/primitive-type.js";
import { invalidValue } from "./codec-error.js";
import { isObject, type JsonValue, memberOf, shown } from "./json-value.js";
import { primitiveAccess } from "./primitive-access.js";
import type { ValueCodec } from "./value-codec.js";

/** One number or character. The null pattern of a required one is a plain number. */
export function numberCodec(token: Token, littleEndian: boolean): ValueCodec {
  const primitive = primitiveOf(token.primitive!)!;
  const access = primitiveAccess(primitive.name, littleEndian);
  const optional = token.presence === "optional";
  const nullValue = numberOf(primitive, token.nullValue ?? primitive.nullValue);
  const isNull = (value: number | bigint) =>
    optional && (value === nullValue || (Number.isNaN(value) && Number.isNaN(nullValue)));
  return {
    size: access.size,
    optional,
    read(view, at) {
      const value = access.read(view, at);
      return isNull(value) ? null : numberToJson(primitive, value);
    },
    write(view, at, value, path) {
      if (value === null && !optional) {
        throw invalidValue(path, "a required value cannot be null", `Give a value of ${primitive.name}`);
      }
      const bits = primitive.kind === "float" && isObject(value) ? memberOf(value, "raw") : undefined;
      if (bits !== undefined) writeBits(view, at, bits, path);
      else access.write(view, at, value === null ? nullValue : numberFromJson(primitive, value, path));
    },
  };

  /** The octets of a float as an unsigned integer, for a NaN with a payload, which a number would not keep. */
  function writeBits(view: DataView, at: number, bits: JsonValue, path: string): void {
    const name = primitive.size === 4 ? "uint32" : "uint64";
    primitiveAccess(name, littleEndian).write(view, at, numberFromJson(primitiveOf(name)!, bits, path));
  }
}

/** A number as schemas write it; bigint for integers of 64 bits. */
export function numberOf(primitive: PrimitiveType, text: string): number | bigint {
  return isWide(primitive) ? BigInt(text) : Number(text);
}

function isWide({ kind, size }: PrimitiveType): boolean {
  return kind !== "float" && size === 8;
}

export function numberToJson(primitive: PrimitiveType, value: number | bigint): JsonValue {
  if (typeof value === "bigint") return String(value);
  if (primitive.kind === "char") return value > 0x7e ? { raw: value } : String.fromCharCode(value);
  if (Object.is(value, -0)) return "-0";
  return Number.isFinite(value) ? value : String(value);
}

/** Throws `sbe.invalid-value` for what the octets of the primitive cannot hold. */
export function numberFromJson(primitive: PrimitiveType, value: JsonValue, path: string): number | bigint {
  const found =
    primitive.kind === "char"
      ? charCode(value)
      : primitive.kind === "float"
        ? floatValue(value)
        : integerValue(primitive, value);
  if (found !== undefined) return found;
  throw invalidValue(path, `${shown(value)} is not a value of ${primitive.name}`, advice(primitive));
}

function advice({ kind, name }: PrimitiveType): string {
  if (kind === "char") return 'Give one character, or {"raw": 0 to 255}';
  if (kind === "float") return 'Give a number, "NaN", "Infinity", "-Infinity" or "-0"';
  const { min, max } = storageRange(primitiveOf(name)!);
  return `Give an integer from ${min} to ${max}, as decimal text where it is beyond 2^53`;
}

function charCode(value: JsonValue): number | undefined {
  const code = isObject(value) ? memberOf(value, "raw") : undefined;
  if (typeof code === "number") return Number.isInteger(code) && code >= 0 && code <= 0xff ? code : undefined;
  if (typeof value !== "string" || value.length !== 1) return undefined;
  return value.charCodeAt(0) <= 0x7f ? value.charCodeAt(0) : undefined;
}

const FLOAT_WORDS: Readonly<Record<string, number>> = {
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  "-Infinity": Number.NEGATIVE_INFINITY,
  "-0": -0,
};

function floatValue(value: JsonValue): number | undefined {
  if (typeof value === "number") return value;
  return typeof value === "string" && Object.hasOwn(FLOAT_WORDS, value) ? FLOAT_WORDS[value] : undefined;
}

function integerValue(primitive: PrimitiveType, value: JsonValue): number | bigint | undefined {
  let integer: bigint;
  if (typeof value === "number" && Number.isSafeInteger(value)) integer = BigInt(value);
  else if (typeof value === "string" && /^-?\d{1,20}$/.test(value)) integer = BigInt(value);
  else return undefined;
  const { min, max } = storageRange(primitive);
  if (integer < min || integer > max) return undefined;
  return isWide(primitive) ? integer : Number(integer);
}
