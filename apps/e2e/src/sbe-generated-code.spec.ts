import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { compile, printSchema, SchemaError, type Token } from "sbe-schema-ts";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";

/** Generates, loads and runs codecs for every reference schema that uses supported features only. */

interface Vector {
  readonly name: string;
  readonly schemaFile: string;
  readonly message: string;
  readonly version: number;
  readonly values: Readonly<Record<string, unknown>>;
  readonly decoded: unknown;
  readonly hex: string;
  readonly prefill?: number;
  readonly headerExtra?: unknown;
  readonly encodeVersion?: number;
  readonly decodeWith?: Readonly<
    Record<string, { readonly decoded: unknown; readonly decodedLength: number }>
  >;
}

interface Flyweight {
  wrapAndApplyHeader(view: DataView, offset: number, length?: number): Flyweight;
  encodedLength(): number;
  readonly HEADER_LENGTH: number;
  readonly limit: number;
  toJSON(): unknown;
}

type Generated = Readonly<Record<string, new () => Flyweight>>;

interface Codec {
  readonly generated: Generated;
  readonly messages: readonly (readonly Token[])[];
}

const root = join(inject("sharedDir"), "sbe/vectors");
const runtime = resolve(import.meta.dirname, "../../../libs/sbe/src/runtime/index.js");
const folders =
  inject("sharedDir") === ""
    ? []
    : readdirSync(root).filter((name) => name !== "README.md" && name !== "invalid");
let output = "";

beforeAll(() => {
  output = mkdtempSync(join(tmpdir(), "sbe-generated-"));
});
afterAll(() => {
  rmSync(output, { recursive: true, force: true });
});

/** The codecs of one schema; undefined when it uses what is not supported yet. */
async function load(folder: string, schemaFile: string): Promise<Codec | undefined> {
  try {
    const { tokens } = compile(join(root, folder, schemaFile));
    const target = join(output, folder, schemaFile.replace(".xml", ""));
    for (const [path, text] of printSchema(tokens, runtime)) {
      mkdirSync(dirname(join(target, path)), { recursive: true });
      writeFileSync(join(target, path), text);
    }
    return { generated: (await import(join(target, "index.ts"))) as Generated, messages: tokens.messages };
  } catch (error) {
    if (error instanceof SchemaError && error.message.includes("not supported yet")) return undefined;
    throw error;
  }
}

function call(target: object, name: string, ...args: readonly unknown[]): unknown {
  const member = (target as Record<string, (...all: readonly unknown[]) => unknown>)[name];
  if (typeof member !== "function") throw new Error(`${target.constructor.name} has no ${name}()`);
  return member.apply(target, [...args]);
}

function propertyOf(target: object, name: string): string {
  const base = name.charAt(0).toLowerCase() + name.slice(1);
  return `${base}_` in target ? `${base}_` : base;
}

/** Writes values of the vectors' notation through the setters of a message or composite. */
function write(
  codec: Codec,
  target: object,
  values: Readonly<Record<string, unknown>>,
  tokens: readonly Token[],
): void {
  for (const [name, value] of Object.entries(values)) {
    const at = tokens.findIndex(
      (token) => token.name === name && token.signal !== "choice" && token.signal !== "validValue",
    );
    const owner = tokens[at]!;
    const inner = tokens.slice(at, at + owner.tokenCount);
    const type = owner.signal === "beginField" ? inner[1]! : owner;
    const setter = propertyOf(target, name);
    if (type.signal === "beginComposite") {
      write(
        codec,
        call(target, setter) as object,
        value as Record<string, unknown>,
        inner.slice(inner.indexOf(type) + 1),
      );
    } else if (Array.isArray(value) && type.signal === "encoding") {
      value.forEach((element, index) => {
        call(target, setter, index, scalar(codec, type, element ?? type.nullValue));
      });
    } else if (value === null) {
      call(target, `${setter}Null`);
    } else if (typeof value === "object" && "hex" in value) {
      const octets = Uint8Array.from(String(value.hex).match(/../g) ?? [], (pair) =>
        Number.parseInt(pair, 16),
      );
      call(target, `${setter}Bytes`, octets, 0, octets.length);
    } else {
      call(target, setter, scalar(codec, type, value));
    }
  }
}

function scalar(codec: Codec, type: Token, value: unknown): unknown {
  const wide = type.primitive?.endsWith("64") === true;
  const number = (text: unknown) => (wide ? BigInt(text as string) : Number(text));
  const constants = codec.generated[
    `${type.typeName ?? ""}`.replace(/^./, (letter) => letter.toUpperCase())
  ] as unknown as Record<string, unknown>;
  if (typeof value === "object" && value !== null && "raw" in value) return number(value.raw);
  if (type.signal === "beginSet") {
    const bits = (value as string[]).reduce((sum, choice) => sum | BigInt(constants[choice] as number), 0n);
    return wide ? bits : Number(bits);
  }
  if (type.signal === "beginEnum") return constants[value as string];
  if (type.signal === "beginVarData" || (type.primitive === "char" && type.length !== 1)) return value;
  if (type.primitive === "char")
    return typeof value === "string" && value.length === 1 ? value.charCodeAt(0) : Number(value);
  return value === "-0" ? -0 : number(value);
}

/**
 * Whether the vector can be reproduced by writing: not an older version's frame, nor one with dirty padding, nor one
 * with a NaN other than the one that JavaScript writes.
 */
function isWritable({ name, prefill, headerExtra, encodeVersion }: Vector): boolean {
  return (
    [prefill, headerExtra, encodeVersion].every((value) => value === undefined) &&
    !name.startsWith("NaN with a payload")
  );
}

describe.skipIf(folders.length === 0)("codecs generated for the reference schemas", () => {
  let counted = 0;

  it.each(folders)("%s", async (folder) => {
    const schemas = readdirSync(join(root, folder)).filter((file) => /^schema.*\.xml$/.test(file));
    const codecs = new Map<string, Codec | undefined>();
    for (const file of schemas) codecs.set(file, await load(folder, file));
    if (!readdirSync(join(root, folder)).includes("vectors.json")) return;
    const vectors = JSON.parse(readFileSync(join(root, folder, "vectors.json"), "utf8")) as Vector[];
    for (const vector of vectors) {
      const codec = codecs.get(vector.schemaFile);
      if (!codec) continue;
      counted++;
      if (isWritable(vector)) expect([vector.name, encode(codec, vector)]).toEqual([vector.name, vector.hex]);
      if (vector.encodeVersion === undefined) {
        expect([vector.name, decode(codec, vector).json]).toEqual([vector.name, vector.decoded]);
      }
      for (const [file, reading] of Object.entries(vector.decodeWith ?? {})) {
        const other = codecs.get(file);
        if (!other) continue;
        const { json, length } = decode(other, vector);
        expect([vector.name, file, json, length]).toEqual([
          vector.name,
          file,
          reading.decoded,
          reading.decodedLength,
        ]);
      }
    }
  });

  it("ran the vectors of schemas without groups", () => {
    expect(counted).toBeGreaterThanOrEqual(120);
  });
});

function tokensOf(codec: Codec, message: string): readonly Token[] {
  return codec.messages.find(([first]) => first!.name === message)!;
}

function classOf(codec: Codec, message: string, role: "Encoder" | "Decoder"): new () => Flyweight {
  return codec.generated[message.charAt(0).toUpperCase() + message.slice(1) + role]!;
}

function encode(codec: Codec, { message, values }: Vector): string {
  const bytes = new Uint8Array(70_000).fill(0xa5);
  const encoder = new (classOf(codec, message, "Encoder"))();
  encoder.wrapAndApplyHeader(new DataView(bytes.buffer), 3);
  write(codec, encoder, values, tokensOf(codec, message).slice(1));
  return Buffer.from(bytes.buffer, 3, encoder.limit - 3).toString("hex");
}

function decode(codec: Codec, { message, hex }: Vector): { readonly json: unknown; readonly length: number } {
  const octets = Buffer.from(`a5a5a5${hex}a5`, "hex");
  const view = new DataView(octets.buffer, octets.byteOffset, octets.byteLength);
  const templateId = view.getUint16(5, true);
  const name = codec.messages.find(([first]) => first!.id === templateId)?.[0]?.name ?? message;
  const decoder = new (classOf(codec, name, "Decoder"))();
  decoder.wrapAndApplyHeader(view, 3, hex.length / 2);
  return { json: decoder.toJSON(), length: decoder.HEADER_LENGTH + decoder.encodedLength() };
}
