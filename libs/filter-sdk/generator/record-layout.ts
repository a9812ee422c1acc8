import { type SchemaTokens, type TokenNode, tokenTree } from "sbe-schema-ts";
import { scaleOf } from "./scales.js";

/** A field of a block, as far as an accessor needs to know it. */
export interface FieldLayout {
  readonly name: string;
  readonly doc: string;
  /** Octets from the start of the block. */
  readonly offset: number;
  /** AssemblyScript's name of the type; absent for texts and octets. */
  readonly type?: string;
  /** Octets of a text or of plain octets. */
  readonly length?: number;
  readonly isText: boolean;
  /** As AssemblyScript writes it; absent where there is always a value. */
  readonly nullValue?: string;
  /** Enumeration or set whose numbers it holds. */
  readonly code?: { readonly name: string; readonly isSet: boolean };
  /** Of a mantissa: the field that holds its scale. */
  readonly scale?: string;
}

export interface GroupLayout {
  readonly name: string;
  readonly doc: string;
  readonly entryBytes: number;
  readonly fields: readonly FieldLayout[];
}

export interface RecordLayout {
  readonly name: string;
  readonly doc: string;
  readonly template: number;
  readonly blockBytes: number;
  readonly fields: readonly FieldLayout[];
  readonly groups: readonly GroupLayout[];
  /** Of variable length, behind a length of two octets; there is one at most. */
  readonly data?: { readonly name: string; readonly doc: string };
}

/** Names of numbers and bits that fields hold. */
export interface CodeLayout {
  readonly name: string;
  readonly values: readonly { readonly name: string; readonly value: number; readonly doc: string }[];
}

const TYPES: Readonly<Record<string, string>> = {
  int8: "i8",
  int16: "i16",
  int32: "i32",
  int64: "i64",
  uint8: "u8",
  uint16: "u16",
  uint32: "u32",
  uint64: "u64",
  float: "f32",
  double: "f64",
};

/** Numbers that AssemblyScript has no literal for. */
const LITERALS: Readonly<Record<string, string>> = {
  "-9223372036854775808": "i64.MIN_VALUE",
  "18446744073709551615": "u64.MAX_VALUE",
  "4294967295": "u32.MAX_VALUE",
};

/** The messages that streams of data hold: numbers of three digits from 210 to 299. */
export function recordLayouts(schema: SchemaTokens): readonly RecordLayout[] {
  return schema.messages
    .map((tokens) => tokenTree(tokens)[0]!)
    .filter(({ token }) => token.id! >= 210 && token.id! <= 299 && token.sinceVersion > 0)
    .map(recordLayout);
}

/** Enumerations and sets that the records use. */
export function codeLayouts(schema: SchemaTokens): readonly CodeLayout[] {
  const used = new Set<string>();
  for (const tokens of schema.messages) {
    const [message] = tokenTree(tokens);
    if (message!.token.id! >= 210 && message!.token.id! <= 299 && message!.token.sinceVersion > 0)
      for (const { typeName } of tokens) if (typeName !== undefined) used.add(typeName);
  }
  return schema.types
    .map((tokens) => tokenTree(tokens)[0]!)
    .filter(({ token }) => ["beginEnum", "beginSet"].includes(token.signal) && used.has(token.name))
    .map(({ token, children }) => ({
      name: token.name,
      values: children.map((child) => ({
        name: child.token.name,
        value: token.signal === "beginSet" ? 2 ** Number(child.token.value) : Number(child.token.value),
        doc: child.token.description ?? "",
      })),
    }));
}

function recordLayout({ token, children }: TokenNode): RecordLayout {
  const of = (signal: string) => children.filter((child) => child.token.signal === signal);
  const [data, ...others] = of("beginVarData");
  if (others.length > 0) throw new Error(`${token.name} has several fields of variable length`);
  return {
    name: token.name,
    doc: token.description ?? "",
    template: token.id!,
    blockBytes: token.size,
    fields: of("beginField").map(fieldLayout),
    groups: of("beginGroup").map(groupLayout),
    ...(data ? { data: { name: data.token.name, doc: data.token.description ?? "" } } : {}),
  };
}

function groupLayout({ token, children }: TokenNode): GroupLayout {
  const fields = children.filter((child) => child.token.signal === "beginField");
  if (fields.length + 1 !== children.length) throw new Error(`group ${token.name} holds more than fields`);
  return {
    name: token.name,
    doc: token.description ?? "",
    entryBytes: token.size,
    fields: fields.map(fieldLayout),
  };
}

function fieldLayout({ token, children }: TokenNode): FieldLayout {
  const { token: type } = children[0]!;
  const base = { name: token.name, doc: token.description ?? "", offset: token.offset };
  const isArray = type.signal === "encoding" && (type.length ?? 1) !== 1;
  if (isArray) return { ...base, length: type.length!, isText: type.characterEncoding !== undefined };
  const primitive = TYPES[type.primitive ?? ""];
  if (primitive === undefined) throw new Error(`${token.name} is of a type without an accessor`);
  return {
    ...base,
    type: primitive,
    isText: false,
    ...(type.signal === "encoding"
      ? {}
      : { code: { name: type.typeName ?? type.name, isSet: type.signal === "beginSet" } }),
    ...(type.presence === "optional" ? { nullValue: literal(type.nullValue!) } : {}),
    ...(/Mantissa$/.test(type.typeName ?? "") ? { scale: scaleOf(token.name) } : {}),
  };
}

function literal(text: string): string {
  return LITERALS[text] ?? text;
}
