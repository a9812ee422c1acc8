import type { Token } from "../ir/token.js";
import type { TokenNode } from "../ir/token-tree.js";
import { primitiveOf } from "../schema/primitive-type.js";
import { type BlockFields, blockFields } from "./member.js";
import { className, type FlyweightKind, MemberNames } from "./names.js";

/** One variable-length data element as printers need it. */
export interface DataPlan {
  readonly kind: "data";
  readonly name: string;
  readonly accessor: string;
  readonly label: string;
  readonly token: Token;
  /** Octets of the length in front. */
  readonly prefixSize: number;
  /** Most octets that may be written. */
  readonly bytesMax: string;
  /** Most octets that are read, where the schema limits them. */
  readonly readMax?: string;
  /** Undefined for octets that are no text. */
  readonly characterEncoding?: string;
}

/** What stands behind a block: groups, then data, in schema order. */
export type ElementPlan = GroupPlan | DataPlan;

/** One block with what follows it: of a message, or of each entry of a group. */
export interface LevelPlan extends BlockFields {
  readonly token: Token;
  /** For messages of errors: `Car`, `Car.fuelFigures`. */
  readonly label: string;
  /** Class name without Encoder or Decoder. */
  readonly className: string;
  readonly elements: readonly ElementPlan[];
  /** Octets of the lengths and dimensions of all elements, when they are empty. */
  readonly emptyTail: number;
}

export interface GroupPlan extends LevelPlan {
  readonly kind: "group";
  readonly name: string;
  readonly accessor: string;
  readonly dimension: DimensionPlan;
}

/** Members of a group's dimension. */
export interface DimensionPlan {
  readonly size: number;
  readonly blockLength: Token;
  readonly numInGroup: Token;
  /** Fewest and most entries that may be written; more than the most is refused on reading. */
  readonly countMin: number;
  readonly countMax: number;
  /** Octets that are neither of the two members. */
  readonly hasPadding: boolean;
}

/** A message as both of its classes are printed from. */
export interface MessagePlan extends LevelPlan {
  readonly header: HeaderPlan;
  readonly littleEndian: boolean;
  readonly hasGroups: boolean;
}

/** Tokens of the four members of a header, and the header's size. */
export interface HeaderPlan {
  readonly size: number;
  readonly blockLength: Token;
  readonly templateId: Token;
  readonly schemaId: Token;
  readonly version: Token;
  /** `numGroups` and `numVarDataFields`, which the standard recommends, where the header has them. */
  readonly counts: readonly Token[];
}

/** @param classNames names that are taken; those of groups are added */
export function planMessage(
  node: TokenNode,
  header: TokenNode,
  littleEndian: boolean,
  classNames: Set<string>,
): MessagePlan {
  const hasGroups = node.children.some(({ token }) => token.signal === "beginGroup");
  const { name } = node.token;
  return {
    ...planLevel(node, name, className(name), hasGroups ? "cursor" : "plain", classNames),
    header: planHeader(header),
    littleEndian,
    hasGroups,
  };
}

function planLevel(
  node: TokenNode,
  label: string,
  levelClass: string,
  kind: FlyweightKind,
  classNames: Set<string>,
): LevelPlan {
  const names = new MemberNames(kind);
  const fields = blockFields(node, label, names);
  const elements: ElementPlan[] = [];
  for (const child of node.children) {
    if (child.token.signal === "beginVarData") elements.push(planData(child, label, names));
    if (child.token.signal === "beginGroup")
      elements.push(planGroup(child, label, levelClass, names, classNames));
  }
  const emptyTail = elements.reduce((sum, element) => sum + emptySize(element), 0);
  return { ...fields, token: node.token, label, className: levelClass, elements, emptyTail };
}

/** Octets of an element without entries or content. */
export function emptySize(element: ElementPlan): number {
  return element.kind === "data" ? element.prefixSize : element.dimension.size;
}

function planData(node: TokenNode, scope: string, names: MemberNames): DataPlan {
  const { token } = node;
  const members = node.children[0]!.children;
  const length = memberToken(node.children[0]!, "length");
  const content = members.find((member) => member.token.name === "varData")!.token;
  const primitive = primitiveOf(length.primitive!)!;
  return {
    kind: "data",
    name: token.name,
    accessor: names.claim(token.name, ["", "Bytes", "Start", "Length", "End"]),
    label: `${scope}.${token.name}`,
    token,
    prefixSize: primitive.size,
    bytesMax: length.maxValue ?? primitive.maxValue,
    readMax: length.maxValue,
    characterEncoding: content.characterEncoding,
  };
}

function planGroup(
  node: TokenNode,
  scope: string,
  outerClass: string,
  names: MemberNames,
  classNames: Set<string>,
): GroupPlan {
  const { name } = node.token;
  const [dimension, ...content] = node.children;
  let own = outerClass + className(name).replace(/_$/, "");
  while (classNames.has(`${own}Encoder`) || classNames.has(`${own}Decoder`)) own += "_";
  classNames.add(`${own}Encoder`).add(`${own}Decoder`);
  const accessor = names.claim(name, ["", "Count", "Group", "End", "EndAt"]);
  const level = planLevel(
    { token: node.token, children: content },
    `${scope}.${name}`,
    own,
    "group",
    classNames,
  );
  return { ...level, kind: "group", name, accessor, dimension: planDimension(dimension!) };
}

function planDimension(node: TokenNode): DimensionPlan {
  const blockLength = memberToken(node, "blockLength");
  const numInGroup = memberToken(node, "numInGroup");
  const primitive = primitiveOf(numInGroup.primitive!)!;
  return {
    size: node.token.size,
    blockLength,
    numInGroup,
    countMin: Math.max(0, Number(numInGroup.minValue ?? 0)),
    countMax: Math.min(Number(numInGroup.maxValue ?? primitive.maxValue), 0x7fff_ffff),
    hasPadding: node.token.size > blockLength.size + numInGroup.size,
  };
}

function planHeader(node: TokenNode): HeaderPlan {
  return {
    size: node.token.size,
    blockLength: memberToken(node, "blockLength"),
    templateId: memberToken(node, "templateId"),
    schemaId: memberToken(node, "schemaId"),
    version: memberToken(node, "version"),
    counts: node.children
      .map(({ token }) => token)
      .filter(({ name, primitive }) => /^num(Groups|VarDataFields)$/.test(name) && primitive !== undefined),
  };
}

function memberToken(node: TokenNode, name: string): Token {
  return node.children.find((child) => child.token.name === name)!.token;
}
