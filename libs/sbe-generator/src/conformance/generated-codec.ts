import { CodecError, invalidValue } from "../dynamic/codec-error.js";
import { planSchema } from "../dynamic/frame-plan.js";
import { isObject, type JsonObject, type JsonValue, memberOf, octetsOfHex } from "../dynamic/json-value.js";
import { SchemaCodec } from "../dynamic/schema-codec.js";
import type { SchemaTokens } from "../ir/token.js";
import { type TokenNode, tokenTree } from "../ir/token-tree.js";
import { type LevelPlan, type MessagePlan, planMessage } from "../typescript/message-plan.js";
import { className } from "../typescript/names.js";
import type { CodecUnderTest } from "./codec-under-test.js";
import type { GeneratedModule } from "./generated-code.js";
import { type Flyweight, writeMember } from "./generated-values.js";

const BUFFER_BYTES_MAX = 1 << 28;

/** Frames are written over old octets, at an odd place: what is not written must be zero all the same. */
const OLD_OCTET = 0xd3;
const START = 5;

interface Encoder {
  wrapAndApplyHeader(view: DataView, offset: number): unknown;
  encodedLength(): number;
  readonly HEADER_LENGTH: number;
}

interface Decoder {
  wrapAndApplyHeader(view: DataView, offset: number, length: number): unknown;
  sbeDecodedLength(): number;
  toJSON(): unknown;
  readonly HEADER_LENGTH: number;
}

/** Generated code driven by values, as its users would by hand: the methods are found by the names that were printed. */
export function generatedCodec(tokens: SchemaTokens, module: GeneratedModule): CodecUnderTest {
  const header = tokenTree(tokens.header)[0]!;
  const classNames = new Set<string>();
  const messages = tokens.messages.map((list) => {
    const node = tokenTree(list)[0]!;
    return { node, plan: planMessage(node, header, tokens.byteOrder === "littleEndian", classNames) };
  });
  const headers = new SchemaCodec(tokens);
  const headerFields = planSchema(tokens).header.fields;

  return {
    name: "code",
    encode(name, values, given) {
      const { node, plan } = messages.find((message) => message.node.token.name === name)!;
      const Class = module[`${className(name)}Encoder`] as new () => Encoder;
      for (let size = 1 << 16; ; size *= 4) {
        const buffer = new Uint8Array(size).fill(OLD_OCTET);
        const view = new DataView(buffer.buffer);
        const encoder = new Class();
        try {
          encoder.wrapAndApplyHeader(view, START);
          for (const { name: member, offset, codec } of headerFields) {
            const value = memberOf(given, member);
            if (value !== undefined) codec.write(view, START + offset, value, member);
          }
          writeLevel(encoder as unknown as Flyweight, plan, node, values, module);
          return buffer.slice(START, START + encoder.HEADER_LENGTH + encoder.encodedLength());
        } catch (error) {
          if (size >= BUFFER_BYTES_MAX || !isNoRoom(error)) throw error;
        }
      }
    },
    decode(bytes, offset) {
      const { templateId } = headers.decodeHeader(bytes, offset);
      const message = messages.find(({ node }) => node.token.id === templateId);
      if (!message) {
        throw new CodecError(
          "sbe.unknown-template",
          "header.templateId",
          "no such message",
          "Skip the frame",
        );
      }
      const { name } = message.node.token;
      const decoder = new (module[`${className(name)}Decoder`] as new () => Decoder)();
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      decoder.wrapAndApplyHeader(view, offset, bytes.length - offset);
      const values = JSON.parse(JSON.stringify(decoder)) as JsonValue;
      return { message: name, values, length: decoder.HEADER_LENGTH + decoder.sbeDecodedLength() };
    },
  };
}

function isNoRoom(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "sbe.no-room";
}

function writeLevel(
  target: Flyweight,
  level: LevelPlan | MessagePlan,
  node: TokenNode,
  values: JsonObject,
  module: GeneratedModule,
): void {
  const fields = node.children.filter(({ token }) => token.signal === "beginField");
  for (const [index, member] of level.members.entries()) {
    const type = fields[index]!.children[0]!;
    writeMember(target, member, type, memberOf(values, member.name) ?? null, module);
  }
  for (const element of level.elements) {
    const value = memberOf(values, element.name) ?? null;
    if (element.kind === "data") writeData(target, element.accessor, value, element.label);
    else {
      const inner = node.children.find(
        ({ token }) => token.signal === "beginGroup" && token.name === element.name,
      )!;
      const entries = (value ?? []) as readonly JsonObject[];
      const group = target[`${element.accessor}Count`]!(entries.length) as Flyweight;
      for (const entry of entries) {
        group.next!();
        writeLevel(group, element, inner, entry, module);
      }
    }
  }
}

function writeData(target: Flyweight, accessor: string, value: JsonValue, label: string): void {
  const hex = isObject(value) ? memberOf(value, "hex") : undefined;
  if (typeof value === "string") target[accessor]!(value);
  else if (typeof hex === "string") {
    const octets = octetsOfHex(hex)!;
    target[`${accessor}Bytes`]!(octets, 0, octets.length);
  } else if (value !== null) throw invalidValue(label, "no text and no octets", "Give a string");
}
