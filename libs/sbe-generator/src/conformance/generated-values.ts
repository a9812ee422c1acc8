import { invalidValue } from "../dynamic/codec-error.js";
import {
  isObject,
  type JsonObject,
  type JsonValue,
  memberOf,
  octetsOfHex,
  shown,
} from "../dynamic/json-value.js";
import { numberFromJson, numberOf } from "../dynamic/number-codec.js";
import type { TokenNode } from "../ir/token-tree.js";
import { type PrimitiveType, primitiveOf } from "../schema/primitive-type.js";
import { compositeMembers, type Member } from "../typescript/member.js";
import { className, MemberNames } from "../typescript/names.js";
import type { GeneratedModule } from "./generated-code.js";

/** A flyweight of generated code, whose methods are known by name only. */
export type Flyweight = Readonly<Record<string, (...args: readonly unknown[]) => unknown>>;

/** Calls the setters of one field or member of generated code with a value in the notation of vectors. */
export function writeMember(
  target: Flyweight,
  member: Member,
  node: TokenNode,
  value: JsonValue,
  module: GeneratedModule,
): void {
  const { kind, accessor, label } = member;
  const call = (suffix: string, ...args: readonly unknown[]) => target[accessor + suffix]!(...args);
  switch (kind) {
    case "constant":
      return;
    case "number":
    case "wide":
      if (value === null && member.optional) call("Null");
      else call("", numberArgument(member, value));
      return;
    case "enum":
      if (value === null) call("Null");
      else call("", enumArgument(member, value, module));
      return;
    case "set":
      call("", setArgument(member, value, module));
      return;
    case "text":
      writeText(call, value, label);
      return;
    case "array":
      writeArray(call, member, value);
      return;
    case "composite":
      writeComposite(call("") as Flyweight, node, value, module);
  }
}

type Call = (suffix: string, ...args: readonly unknown[]) => unknown;

function numberArgument({ type, label }: Member, value: JsonValue): number | bigint {
  const primitive = primitiveOf(type.primitive!)!;
  const bits = primitive.kind === "float" && isObject(value) ? memberOf(value, "raw") : undefined;
  return bits === undefined
    ? numberFromJson(primitive, value, label)
    : numberOfBits(primitive, bits as number | string);
}

/** A NaN with a payload, which arithmetic would lose but a plain copy keeps. */
function numberOfBits({ size }: PrimitiveType, bits: number | string): number {
  const view = new DataView(new ArrayBuffer(8));
  if (size === 4) {
    view.setUint32(0, Number(bits));
    return view.getFloat32(0);
  }
  view.setBigUint64(0, BigInt(bits));
  return view.getFloat64(0);
}

function constantsOf({ type }: Member, module: GeneratedModule): Readonly<Record<string, number | bigint>> {
  return module[className(type.typeName!)] as Readonly<Record<string, number | bigint>>;
}

function enumArgument(member: Member, value: JsonValue, module: GeneratedModule): number | bigint {
  const constants = constantsOf(member, module);
  if (typeof value === "string" && Object.hasOwn(constants, value)) return constants[value]!;
  const raw = isObject(value) ? memberOf(value, "raw") : undefined;
  if (raw === undefined) throw invalidValue(member.label, `${shown(value)} is no value`, "Give a name");
  const primitive = primitiveOf(member.type.primitive!)!;
  return numberFromJson(primitive, primitive.kind === "char" ? { raw } : raw, member.label);
}

function setArgument(member: Member, value: JsonValue, module: GeneratedModule): number | bigint {
  const primitive = primitiveOf(member.type.primitive!)!;
  const raw = isObject(value) ? memberOf(value, "raw") : undefined;
  if (raw !== undefined) return numberFromJson(primitive, raw, member.label);
  const constants = constantsOf(member, module);
  const bits = ((value ?? []) as readonly string[]).reduce((sum, name) => sum | BigInt(constants[name]!), 0n);
  return primitive.size === 8 ? bits : Number(bits);
}

function writeText(call: Call, value: JsonValue, label: string): void {
  const hex = isObject(value) ? memberOf(value, "hex") : undefined;
  if (typeof value === "string" || value === null) call("", value ?? "");
  else if (typeof hex === "string") {
    const octets = octetsOfHex(hex)!;
    call("Bytes", octets, 0, octets.length);
  } else throw invalidValue(label, `${shown(value)} is no text`, "Give a string");
}

function writeArray(call: Call, member: Member, value: JsonValue): void {
  const { type, label } = member;
  const primitive = primitiveOf(type.primitive!)!;
  const nullValue = numberOf(primitive, type.nullValue ?? primitive.nullValue);
  const hex = isObject(value) ? memberOf(value, "hex") : undefined;
  if (typeof hex === "string") {
    call("Bytes", octetsOfHex(hex), 0);
    return;
  }
  if (!Array.isArray(value)) throw invalidValue(label, `${shown(value)} is no list`, "Give a list");
  for (const [index, element] of (value as readonly JsonValue[]).entries()) {
    call("", index, element === null ? nullValue : numberArgument(member, element));
  }
}

function writeComposite(target: Flyweight, node: TokenNode, value: JsonValue, module: GeneratedModule): void {
  const members = compositeMembers(node, new MemberNames());
  const source: JsonObject = isObject(value) ? value : {};
  for (const member of members) {
    const type = node.children.find(({ token }) => token.name === member.name)!;
    writeMember(target, member, type, memberOf(source, member.name) ?? null, module);
  }
}
