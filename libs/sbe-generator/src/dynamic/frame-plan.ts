import { requiredLength } from "../ir/required-length.js";
import type { SchemaTokens, Token } from "../ir/token.js";
import { type TokenNode, tokenTree } from "../ir/token-tree.js";
import { primitiveOf } from "../schema/primitive-type.js";
import { type PrimitiveAccess, primitiveAccess } from "./primitive-access.js";
import { type TextCodec, textCodec } from "./text-codec.js";
import { type ValueCodec, valueCodec } from "./value-codec.js";

export interface FieldPlan {
  readonly name: string;
  readonly offset: number;
  readonly sinceVersion: number;
  readonly constant: boolean;
  readonly codec: ValueCodec;
}

/** A number in a header or dimension: where it is, or its constant value. */
export interface NumberPlan {
  readonly offset: number;
  readonly access: PrimitiveAccess;
  readonly constant?: number;
  readonly min: number;
  /** Of the schema, else the maximum of the primitive, which is one less than the octets hold. */
  readonly max: number;
}

export interface GroupPlan extends BlockPlan {
  /** Octets that each entry takes behind its block at least, whatever the version of its writer. */
  readonly smallestTail: number;
  readonly name: string;
  readonly sinceVersion: number;
  readonly dimensionSize: number;
  readonly blockLengthMember: NumberPlan;
  readonly countMember: NumberPlan;
}

export interface DataPlan {
  readonly name: string;
  readonly sinceVersion: number;
  readonly length: NumberPlan;
  /** Whether the schema sets the maximum: only then a longer one is refused when reading. */
  readonly limited: boolean;
  readonly charset: string;
  /** Undefined for octets that are no text. */
  readonly text?: TextCodec;
}

export interface BlockPlan {
  readonly blockLength: number;
  /** A block in a frame must not be shorter. */
  readonly requiredLength: number;
  readonly fields: readonly FieldPlan[];
  readonly groups: readonly GroupPlan[];
  readonly data: readonly DataPlan[];
}

export interface MessagePlan extends BlockPlan {
  readonly name: string;
  readonly templateId: number;
}

export interface HeaderPlan {
  readonly size: number;
  /** Simple members by name, the usual four among them; constants included. */
  readonly members: ReadonlyMap<string, NumberPlan>;
  /** All members that a caller may set, composites too. */
  readonly fields: readonly FieldPlan[];
}

export interface SchemaPlan {
  readonly id: number;
  readonly version: number;
  readonly header: HeaderPlan;
  readonly byTemplate: ReadonlyMap<number, MessagePlan>;
  readonly byName: ReadonlyMap<string, MessagePlan>;
}

/** What a signed 32-bit count holds. */
const COUNT_MAX = 0x7fff_ffff;

/** Turns tokens into what decoder and encoder walk. */
export function planSchema(tokens: SchemaTokens): SchemaPlan {
  const littleEndian = tokens.byteOrder === "littleEndian";
  const messages = tokens.messages.map((list): MessagePlan => {
    const node = tokenTree(list)[0]!;
    return { ...planBlock(node, littleEndian), name: node.token.name, templateId: node.token.id! };
  });
  return {
    id: tokens.id,
    version: tokens.version,
    header: planHeader(tokenTree(tokens.header)[0]!, tokens.id, littleEndian),
    byTemplate: new Map(messages.map((message) => [message.templateId, message])),
    byName: new Map(messages.map((message) => [message.name, message])),
  };
}

function planHeader(node: TokenNode, schemaId: number, littleEndian: boolean): HeaderPlan {
  const members = new Map<string, NumberPlan>();
  for (const { token } of node.children) {
    if (token.signal !== "encoding" || token.length !== 1) continue;
    const member = planNumber(token, littleEndian);
    // A constant schema id is not on the wire: there is nothing to compare, whatever the schema says of it.
    const absent = token.name === "schemaId" && member.constant !== undefined;
    members.set(token.name, absent ? { ...member, constant: schemaId } : member);
  }
  const fields = node.children.map((child) => planField(child.token, child, littleEndian));
  return { size: node.token.size, members, fields };
}

function planBlock(node: TokenNode, littleEndian: boolean): BlockPlan {
  const of = (signal: string) => node.children.filter(({ token }) => token.signal === signal);
  return {
    blockLength: node.token.size,
    requiredLength: requiredLength(node),
    fields: of("beginField").map(({ token, children }) => planField(token, children[0]!, littleEndian)),
    groups: of("beginGroup").map((child) => planGroup(child, littleEndian)),
    data: of("beginVarData").map((child) => planData(child, littleEndian)),
  };
}

function planField(owner: Token, type: TokenNode, littleEndian: boolean): FieldPlan {
  const { name, offset, sinceVersion, presence, constant } = owner;
  const codec = valueCodec(type, littleEndian, constant);
  return { name, offset, sinceVersion, constant: presence === "constant", codec };
}

function planGroup(node: TokenNode, littleEndian: boolean): GroupPlan {
  const dimension = node.children[0]!;
  const member = (name: string) =>
    planNumber(dimension.children.find(({ token }) => token.name === name)!.token, littleEndian);
  const block = planBlock(node, littleEndian);
  return {
    ...block,
    smallestTail: smallestTail(block),
    name: node.token.name,
    sinceVersion: node.token.sinceVersion,
    dimensionSize: dimension.token.size,
    blockLengthMember: member("blockLength"),
    countMember: withCountLimits(member("numInGroup")),
  };
}

function smallestTail({ groups, data }: BlockPlan): number {
  const sizes = [
    ...groups.map(({ sinceVersion, dimensionSize }) => (sinceVersion === 0 ? dimensionSize : 0)),
    ...data.map(({ sinceVersion, length }) => (sinceVersion === 0 ? length.access.size : 0)),
  ];
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** A count of 64 bits may have no limits of its own. */
function withCountLimits(count: NumberPlan): NumberPlan {
  return { ...count, min: Math.max(count.min, 0), max: Math.min(count.max, COUNT_MAX) };
}

function planData({ token, children }: TokenNode, littleEndian: boolean): DataPlan {
  const member = (name: string) => children[0]!.children.find((child) => child.token.name === name)!.token;
  const charset = member("varData").characterEncoding;
  return {
    name: token.name,
    sinceVersion: token.sinceVersion,
    length: planNumber(member("length"), littleEndian),
    limited: member("length").maxValue !== undefined,
    charset: charset ?? "",
    text: charset === undefined ? undefined : textCodec(charset),
  };
}

function planNumber(token: Token, littleEndian: boolean): NumberPlan {
  const { name, minValue, maxValue } = primitiveOf(token.primitive!)!;
  return {
    offset: token.offset,
    access: primitiveAccess(name, littleEndian),
    constant: token.presence === "constant" ? Number(token.constant) : undefined,
    min: Number(token.minValue ?? minValue),
    max: Number(token.maxValue ?? maxValue),
  };
}

export function readNumber({ constant, access, offset }: NumberPlan, view: DataView, base: number): number {
  return constant ?? Number(access.read(view, base + offset));
}
