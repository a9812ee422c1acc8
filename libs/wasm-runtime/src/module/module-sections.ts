import { fail } from "../errors.js";
import { BinaryReader } from "./binary-reader.js";
import {
  type Bounds,
  ExternalKind,
  readBounds,
  readFunctionType,
  readValueType,
  skipConstantExpression,
} from "./module-types.js";

export const SectionId = {
  Custom: 0,
  Type: 1,
  Import: 2,
  Function: 3,
  Table: 4,
  Memory: 5,
  Global: 6,
  Export: 7,
} as const;

/** The last section of WebAssembly 2.0; what follows it belongs to features that are refused. */
const SECTION_LAST = 12;
const HEADER_BYTES = 8;

export interface Section {
  readonly id: number;
  /** Where it begins, at its id, and where it ends. */
  readonly start: number;
  readonly contentStart: number;
  readonly end: number;
  /** Of custom sections only. */
  readonly name?: string;
}

/** An import or export; its type is that of a function as text, `memory`, `table` or `global i32`. */
export interface ExternalName {
  readonly module?: string;
  readonly name: string;
  readonly type: string;
}

export interface TableType extends Bounds {
  /** The octet of its element type. */
  readonly element: number;
}

export interface ModuleOutline {
  readonly sections: readonly Section[];
  readonly imports: readonly ExternalName[];
  readonly exports: readonly ExternalName[];
  readonly memories: readonly Bounds[];
  readonly tables: readonly TableType[];
}

/**
 * What a module is made of, without its code.
 * @throws ImsError `wasm.malformed`, `wasm.unsupported`
 */
export function readOutline(bytes: Uint8Array): ModuleOutline {
  const sections = readSections(bytes);
  const reader = (id: number) => {
    const section = sections.find((each) => each.id === id);
    return new BinaryReader(bytes, section?.contentStart ?? 0, section?.end ?? 0);
  };
  const types = readAll(reader(SectionId.Type), readFunctionType);
  const typeOf = (index: number): string => {
    const type = types[index];
    if (type === undefined) throw fail("wasm.malformed", `the module names a type ${index} that it lacks`);
    return type;
  };
  const importedGlobals: string[] = [];
  const imports = readAll(reader(SectionId.Import), (each) => readImport(each, typeOf, importedGlobals));
  // No spreading: a hostile module has millions of functions.
  const functions = imports
    .filter(({ type }) => type.startsWith("("))
    .map(({ type }) => type)
    .concat(readAll(reader(SectionId.Function), (each) => typeOf(each.u32())));
  const tables = readAll(reader(SectionId.Table), readTable);
  const memories = readAll(reader(SectionId.Memory), (each) => readBounds(each, "memory"));
  const globals = importedGlobals.concat(readAll(reader(SectionId.Global), readGlobal));
  const exports = readAll(reader(SectionId.Export), (each) => readExport(each, functions, globals));
  return { sections, imports, exports, memories, tables };
}

function readSections(bytes: Uint8Array): Section[] {
  if (
    bytes.length < HEADER_BYTES ||
    bytes[0] !== 0 ||
    String.fromCharCode(...bytes.subarray(1, 4)) !== "asm"
  ) {
    throw fail("wasm.malformed", "the octets do not begin as a WebAssembly module does");
  }
  const version = new DataView(bytes.buffer, bytes.byteOffset).getUint32(4, true);
  if (version !== 1) throw fail("wasm.malformed", `the binary format has the version ${version}, not 1`);
  const reader = new BinaryReader(bytes, HEADER_BYTES, bytes.length);
  const sections: Section[] = [];
  const seen = new Set<number>();
  while (!reader.isAtEnd) {
    const start = reader.position;
    const id = reader.u8();
    if (id > SECTION_LAST) throw fail("wasm.unsupported", `the module has a section ${id}`);
    if (id !== SectionId.Custom && seen.has(id)) throw reader.malformed(`it has section ${id} twice`);
    seen.add(id);
    const content = reader.part(reader.u32());
    const section = { id, start, contentStart: content.position, end: content.end };
    sections.push(id === SectionId.Custom ? { ...section, name: content.name() } : section);
  }
  return sections;
}

/** A counted list that fills its section. */
function readAll<T>(reader: BinaryReader, read: (reader: BinaryReader) => T): T[] {
  const items: T[] = [];
  if (reader.isAtEnd) return items;
  for (let left = reader.u32(); left > 0; left--) items.push(read(reader));
  if (!reader.isAtEnd) throw reader.malformed("a section is longer than its content");
  return items;
}

function readImport(
  reader: BinaryReader,
  typeOf: (index: number) => string,
  globals: string[],
): ExternalName {
  const module = reader.name();
  const name = reader.name();
  const kind = reader.u8();
  const what = `"${printable(module)}.${printable(name)}"`;
  switch (kind) {
    case ExternalKind.Function:
      return { module, name, type: typeOf(reader.u32()) };
    case ExternalKind.Global: {
      const type = `global ${readValueType(reader)}`;
      reader.u8();
      globals.push(type);
      return { module, name, type };
    }
    case ExternalKind.Memory:
      throw fail("wasm.unsupported", `the module imports a memory, ${what}`);
    case ExternalKind.Table:
      throw fail("wasm.unsupported", `the module imports a table, ${what}`);
    default:
      throw fail("wasm.unsupported", `the module imports ${what} of the kind ${kind}`);
  }
}

function readTable(reader: BinaryReader): TableType {
  const element = reader.bytes[reader.position];
  // 0x40 begins a table with an initial value.
  if (element === 0x40) throw fail("wasm.unsupported", "the module has a table with an initial value");
  readValueType(reader);
  return { element: element!, ...readBounds(reader, "table") };
}

function readGlobal(reader: BinaryReader): string {
  const type = `global ${readValueType(reader)}`;
  reader.u8();
  skipConstantExpression(reader);
  return type;
}

function readExport(reader: BinaryReader, functions: string[], globals: string[]): ExternalName {
  const name = reader.name();
  const kind = reader.u8();
  const index = reader.u32();
  const type = [functions[index], "table", "memory", globals[index]][kind];
  if (type === undefined) throw reader.malformed(`it exports "${printable(name)}", which it lacks`);
  return { name, type };
}

const SHOWN_LENGTH = 64;

/** A name of a module as messages show it: short, and without control characters. */
export function printable(name: string): string {
  const cut = name.length > SHOWN_LENGTH ? `${name.slice(0, SHOWN_LENGTH)}…` : name;
  return cut.replace(/\p{C}/gu, "?");
}
