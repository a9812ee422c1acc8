/** The eleven primitive types of SBE 1.0. */
export type PrimitiveName =
  | "char"
  | "int8"
  | "uint8"
  | "int16"
  | "uint16"
  | "int32"
  | "uint32"
  | "int64"
  | "uint64"
  | "float"
  | "double";

export interface PrimitiveType {
  readonly name: PrimitiveName;
  /** Octets on the wire. */
  readonly size: number;
  readonly kind: "char" | "signed" | "unsigned" | "float";
  /** Range and null that hold unless a schema says otherwise; text, since 64-bit values and NaN are no JSON numbers. */
  readonly minValue: string;
  readonly maxValue: string;
  readonly nullValue: string;
}

function integer(name: PrimitiveName, size: number, kind: "signed" | "unsigned"): PrimitiveType {
  const bits = BigInt(size * 8);
  if (kind === "unsigned") {
    const highest = (1n << bits) - 1n;
    return { name, size, kind, minValue: "0", maxValue: String(highest - 1n), nullValue: String(highest) };
  }
  const half = 1n << (bits - 1n);
  return {
    name,
    size,
    kind,
    minValue: String(1n - half),
    maxValue: String(half - 1n),
    nullValue: String(-half),
  };
}

const PRIMITIVES: readonly PrimitiveType[] = [
  { name: "char", size: 1, kind: "char", minValue: "32", maxValue: "126", nullValue: "0" },
  integer("int8", 1, "signed"),
  integer("uint8", 1, "unsigned"),
  integer("int16", 2, "signed"),
  integer("uint16", 2, "unsigned"),
  integer("int32", 4, "signed"),
  integer("uint32", 4, "unsigned"),
  integer("int64", 8, "signed"),
  integer("uint64", 8, "unsigned"),
  {
    name: "float",
    size: 4,
    kind: "float",
    minValue: "-3.4028234663852886e+38",
    maxValue: "3.4028234663852886e+38",
    nullValue: "NaN",
  },
  {
    name: "double",
    size: 8,
    kind: "float",
    minValue: "-1.7976931348623157e+308",
    maxValue: "1.7976931348623157e+308",
    nullValue: "NaN",
  },
];

const BY_NAME: ReadonlyMap<string, PrimitiveType> = new Map(PRIMITIVES.map((type) => [type.name, type]));

/** The primitive of this name, undefined for any other text. */
export function primitiveOf(name: string): PrimitiveType | undefined {
  return BY_NAME.get(name);
}

/** Smallest and largest integer that the octets of an integer or char primitive hold, null included. */
export function storageRange(type: PrimitiveType): { readonly min: bigint; readonly max: bigint } {
  const bits = BigInt(type.size * 8);
  return type.kind === "signed"
    ? { min: -(1n << (bits - 1n)), max: (1n << (bits - 1n)) - 1n }
    : { min: 0n, max: (1n << bits) - 1n };
}

/**
 * Reads a value of the primitive as schemas write it: decimal integers, a single character for char, a number or NaN
 * for floats. Returns canonical text (char: its code), or undefined when the text is none or does not fit the octets.
 */
export function parseValue(type: PrimitiveType, text: string): string | undefined {
  if (type.kind === "char") {
    const code = text.charCodeAt(0);
    return text.length === 1 && code <= 0xff ? String(code) : undefined;
  }
  const trimmed = text.trim();
  if (type.kind === "float") {
    if (trimmed === "NaN") return trimmed;
    const value = Number(trimmed);
    return /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(trimmed) && Number.isFinite(value)
      ? String(value)
      : undefined;
  }
  if (!/^[+-]?\d{1,40}$/.test(trimmed)) return undefined;
  const value = BigInt(trimmed.replace(/^\+/, ""));
  const { min, max } = storageRange(type);
  return value >= min && value <= max ? String(value) : undefined;
}
