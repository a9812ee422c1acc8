import { isNullable, requiredLength } from "../ir/required-length.js";
import { isVoid, type Token } from "../ir/token.js";
import type { TokenNode } from "../ir/token-tree.js";
import type { MemberNames } from "./names.js";
import { plus, WireAccess } from "./wire-access.js";

export type MemberKind = "constant" | "number" | "wide" | "text" | "array" | "enum" | "set" | "composite";

/** One fixed-place field of a message, or member of a composite, as printers need it. */
export interface Member {
  readonly kind: MemberKind;
  /** Name in the schema: the key of JSON. */
  readonly name: string;
  /** First part of the names of its accessors. */
  readonly accessor: string;
  /** For messages of errors: `Trade.price`. */
  readonly label: string;
  /** The token of the type: an encoding, or the begin of an enum, set or composite. */
  readonly type: Token;
  /** Field token in a message, type token in a composite. */
  readonly owner: Token;
  readonly optional: boolean;
  /** Octets from the start of the block or composite, and the first after it. */
  readonly offset: number;
  readonly end: number;
  /** Expression of its place in the buffer. */
  readonly at: string;
  /** Expression that is true when a frame does not hold the field; undefined for what every frame holds. */
  readonly absent?: string;
  /** Of a composite: whether it has members of later versions, so that its decoder needs the version of the writer. */
  readonly versioned: boolean;
}

/** Whether a composite has members, or members of members, that came with a later version. */
export function hasVersions({ children }: TokenNode): boolean {
  return children.some(
    (child) => (child.token.sinceVersion > 0 && !isTimeless(child.token)) || hasVersions(child),
  );
}

/** Constants are there whatever the version; valid values and choices have one only for people. */
function isTimeless({ signal, presence }: Token): boolean {
  return presence === "constant" || signal === "validValue" || signal === "choice";
}

const OPTIONAL_SUFFIXES = ["Null", "IsNull"];

function suffixes(kind: MemberKind, optional: boolean, isFloat: boolean): readonly string[] {
  switch (kind) {
    case "wide":
      return [
        ...["", "Number", "NotSafe", "Words", "Lo", "Hi", "From", "Start"],
        ...(optional ? OPTIONAL_SUFFIXES : []),
      ];
    case "number":
      return ["", ...(isFloat ? ["Bits"] : []), ...(optional ? OPTIONAL_SUFFIXES : [])];
    case "enum":
      return ["", "Null"];
    case "text":
      return ["", "Bytes", "BytesEqual", "Start", "Length"];
    case "composite":
      return ["", "Composite"];
    case "array":
      return ["", "Bytes", "Start"];
    default:
      return [""];
  }
}

/** What printers make of a type. */
export function kindOf(type: Token, constant: boolean): MemberKind {
  if (constant) return "constant";
  if (type.signal === "beginEnum") return "enum";
  if (type.signal === "beginSet") return "set";
  if (type.signal === "beginComposite") return "composite";
  if (type.length !== 1) return type.primitive === "char" ? "text" : "array";
  return new WireAccess(type).isWide ? "wide" : "number";
}

function member(owner: Token, node: TokenNode, scope: string, names: MemberNames): Member {
  const type = node.token;
  const kind = kindOf(type, (owner.presence ?? type.presence) === "constant");
  const optional = isNullable(type);
  const isFloat = type.primitive === "float" || type.primitive === "double";
  return {
    kind,
    name: owner.name,
    accessor: names.claim(owner.name, suffixes(kind, optional, isFloat)),
    label: `${scope}.${owner.name}`,
    type,
    owner,
    optional,
    offset: owner.offset,
    end: owner.offset + owner.size,
    at: plus("this.offset", owner.offset),
    versioned: kind === "composite" && hasVersions(node),
  };
}

/** Members of a composite. */
export function compositeMembers(node: TokenNode, names: MemberNames): readonly Member[] {
  return node.children
    .filter(({ token }) => !isVoid(token))
    .map((child) => {
      const { sinceVersion } = child.token;
      const one = member(child.token, child, node.token.typeName!, names);
      const isLater = sinceVersion > 0 && one.kind !== "constant";
      return isLater ? { ...one, absent: `this.actingVersion < ${sinceVersion}` } : one;
    });
}

/** Fields of a block, of a message or of the entries of a group, with what a decoder must check before it reads them. */
export interface BlockFields {
  readonly members: readonly Member[];
  /** Octets that every frame must hold: the end of the last required field of the first version. */
  readonly requiredLength: number;
}

/** Fields of a block. One shorter than its required fields is refused; what else it lacks reads as absent. */
export function blockFields(node: TokenNode, scope: string, names: MemberNames): BlockFields {
  const members = node.children
    .filter(({ token }) => token.signal === "beginField")
    .map(({ token, children }) => member(token, children[0]!, scope, names));
  const required = requiredLength(node);
  return {
    members: members.map((field) => ({ ...field, absent: absence(field, required) })),
    requiredLength: required,
  };
}

function absence({ kind, owner, end }: Member, required: number): string | undefined {
  if (kind === "constant") return undefined;
  const tests = [
    ...(owner.sinceVersion > 0 ? [`this.actingVersion < ${owner.sinceVersion}`] : []),
    ...(end > required ? [`this.actingBlockLength < ${end}`] : []),
  ];
  return tests.length > 0 ? tests.join(" || ") : undefined;
}
