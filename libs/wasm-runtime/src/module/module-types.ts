import { fail } from "../errors.js";
import type { BinaryReader } from "./binary-reader.js";

const VALUE_TYPES: Readonly<Record<number, string>> = {
  127: "i32",
  126: "i64",
  125: "f32",
  124: "f64",
  123: "v128",
  112: "funcref",
  111: "externref",
};

const FUNCTION_TYPE = 0x60;

export const ExternalKind = { Function: 0, Table: 1, Memory: 2, Global: 3, Tag: 4 } as const;

/** Bounds of a memory in pages or of a table in elements. */
export interface Bounds {
  readonly least: number;
  readonly most: number | undefined;
}

export function readValueType(reader: BinaryReader): string {
  const code = reader.u8();
  const type = VALUE_TYPES[code];
  if (type === undefined) {
    throw fail("wasm.unsupported", `the module has a value of the type 0x${code.toString(16)}`);
  }
  return type;
}

/** A function type as text, `(i32, i64) -> (i32)`; no results are `()`. */
export function readFunctionType(reader: BinaryReader): string {
  const form = reader.u8();
  if (form !== FUNCTION_TYPE) {
    throw fail("wasm.unsupported", `the module defines a type of the form 0x${form.toString(16)}`);
  }
  const parameters = readTypes(reader);
  return `${parameters} -> ${readTypes(reader)}`;
}

function readTypes(reader: BinaryReader): string {
  const names: string[] = [];
  for (let left = reader.u32(); left > 0; left--) names.push(readValueType(reader));
  return `(${names.join(", ")})`;
}

/** Bounds behind their flags, which say whether there is an upper one. */
export function readBounds(reader: BinaryReader, what: string): Bounds {
  const flags = reader.u8();
  if (flags > 1) {
    const reason = (flags & 2) !== 0 ? "shared" : (flags & 4) !== 0 ? "64-bit" : "special";
    throw fail("wasm.unsupported", `the module has a ${reason} ${what}`);
  }
  const least = reader.u32();
  return { least, most: flags === 1 ? reader.u32() : undefined };
}

/** Steps over a constant expression. */
export function skipConstantExpression(reader: BinaryReader): void {
  for (;;) {
    const code = reader.u8();
    switch (code) {
      case 0x0b:
        return;
      case 0x41:
        reader.skipSigned(5);
        break;
      case 0x42:
        reader.skipSigned(10);
        break;
      case 0x43:
        reader.skip(4);
        break;
      case 0x44:
        reader.skip(8);
        break;
      case 0x23:
      case 0xd2:
        reader.u32();
        break;
      case 0xd0:
        readValueType(reader);
        break;
      case 0xfd:
        if (reader.u32() !== 0x0c) throw reader.malformed("a constant is not one");
        reader.skip(16);
        break;
      // Additions, subtractions and multiplications of two constants.
      case 0x6a:
      case 0x6b:
      case 0x6c:
      case 0x7c:
      case 0x7d:
      case 0x7e:
        break;
      default:
        throw reader.malformed("a constant is not one");
    }
  }
}
