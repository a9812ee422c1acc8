import type { Token } from "../ir/token.js";
import { type PrimitiveType, primitiveOf } from "../schema/primitive-type.js";

const VIEW_NAMES: Readonly<Record<string, string>> = {
  char: "Uint8",
  int8: "Int8",
  uint8: "Uint8",
  int16: "Int16",
  uint16: "Uint16",
  int32: "Int32",
  uint32: "Uint32",
  int64: "BigInt64",
  uint64: "BigUint64",
  float: "Float32",
  double: "Float64",
};

/**
 * Expressions that read and write one primitive of a token. Their shape is chosen by the size of V8's bytecode: the
 * compiler inlines chained setters only up to a sum, so each field saved counts.
 */
export class WireAccess {
  readonly primitive: PrimitiveType;
  readonly #littleEndian: boolean;

  /**
   * @param view expression of the DataView
   * @param bytes expression of the same octets, which single octets go through; undefined: they go through the view
   */
  constructor(
    token: Token,
    readonly view = "this.view",
    readonly bytes: string | undefined = view === "this.view" ? "this.bytes" : undefined,
  ) {
    this.primitive = primitiveOf(token.primitive!)!;
    this.#littleEndian = token.byteOrder !== "bigEndian";
  }

  /** int64 and uint64: a bigint, a number where safe, or two words. */
  get isWide(): boolean {
    return this.primitive.size === 8 && this.primitive.kind !== "float";
  }

  get isSigned(): boolean {
    return this.primitive.kind === "signed";
  }

  get isFloat(): boolean {
    return this.primitive.kind === "float";
  }

  get littleEndian(): boolean {
    return this.#littleEndian;
  }

  read(at: string): string {
    return this.#call("get", this.primitive.name, at);
  }

  write(at: string, value: string): string {
    return this.#call("set", this.primitive.name, at, value);
  }

  /** The low word of a wide field, signed or not. */
  readLow(at: string, primitive: "int32" | "uint32"): string {
    return this.#call("get", primitive, this.#wordAt(at, "low"));
  }

  readHigh(at: string, primitive: "int32" | "uint32"): string {
    return this.#call("get", primitive, this.#wordAt(at, "high"));
  }

  writeLow(at: string, value: string): string {
    return this.#call("set", "int32", this.#wordAt(at, "low"), value);
  }

  writeHigh(at: string, value: string): string {
    return this.#call("set", "int32", this.#wordAt(at, "high"), value);
  }

  /** A float's octets as the unsigned integer of the same size: a number keeps no payload of a NaN. */
  get bits(): {
    readonly type: "number" | "bigint";
    read(at: string): string;
    write(at: string, value: string): string;
  } {
    const primitive = this.primitive.size === 4 ? "uint32" : "uint64";
    return {
      type: primitive === "uint32" ? "number" : "bigint",
      read: (at) => this.#call("get", primitive, at),
      write: (at, value) => this.#call("set", primitive, at, value),
    };
  }

  /** Whether the octets of the primitive cannot hold `value`; undefined for floats, which hold any number. */
  misfit(value: string): string | undefined {
    switch (this.primitive.name) {
      case "char":
      case "uint8":
        return `(${value} & 0xff) !== ${value}`;
      case "uint16":
        return `(${value} & 0xffff) !== ${value}`;
      case "uint32":
        return `${value} >>> 0 !== ${value}`;
      case "int8":
        return `(${value} << 24) >> 24 !== ${value}`;
      case "int16":
        return `(${value} << 16) >> 16 !== ${value}`;
      case "int32":
        return `(${value} | 0) !== ${value}`;
      case "int64":
        return `BigInt.asIntN(64, ${value}) !== ${value}`;
      case "uint64":
        return `BigInt.asUintN(64, ${value}) !== ${value}`;
      default:
        return undefined;
    }
  }

  /** A value of the schema as a literal of generated code. */
  literal(text: string): string {
    if (text === "NaN") return "Number.NaN";
    if (this.primitive.name === "float") return String(Math.fround(Number(text)));
    return this.isWide ? `${text}n` : text;
  }

  /** The null of a wide field as its two words, signed. */
  words(text: string): { readonly low: number; readonly high: number } {
    const value = BigInt(text);
    return { low: Number(BigInt.asIntN(32, value)), high: Number(BigInt.asIntN(32, value >> 32n)) };
  }

  #call(verb: "get" | "set", primitive: string, at: string, value?: string): string {
    const { bytes } = this;
    if (bytes !== undefined && (primitive === "uint8" || primitive === "char"))
      return verb === "set" ? `${bytes}[${at}] = ${value}` : `${bytes}[${at}]!`;
    const order = primitive.endsWith("8") || primitive === "char" ? [] : [String(this.#littleEndian)];
    const rest = [at, ...(value === undefined ? [] : [value]), ...order].join(", ");
    return `${this.view}.${verb}${VIEW_NAMES[primitive]}(${rest})`;
  }

  #wordAt(at: string, word: "low" | "high"): string {
    if ((word === "low") === this.#littleEndian) return at;
    const [base, offset] = at.split(" + ");
    return plus(base!, Number(offset ?? 0) + 4);
  }
}

/** `base + offset`, or `base` alone. */
export function plus(base: string, offset: number): string {
  return offset === 0 ? base : `${base} + ${offset}`;
}
