import { isVoid, type Token } from "../ir/token.js";
import type { TokenNode } from "../ir/token-tree.js";
import { kindOf, type Member } from "./member.js";
import type { DataPlan, GroupPlan, LevelPlan } from "./message-plan.js";
import { className, MemberNames } from "./names.js";
import { WireAccess } from "./wire-access.js";

/** One scalar or array of a block, those within composites included: what a class of values has a property for. */
export interface ValueLeaf {
  /** A 64-bit integer as two words, a number, or the octets of an array. */
  readonly kind: "words" | "number" | "octets";
  /** First part of the names of its properties. */
  readonly name: string;
  /** For messages of errors: `Order.price.mantissa`. */
  readonly label: string;
  readonly type: Token;
  /** Octets from the start of the block. */
  readonly offset: number;
  readonly size: number;
  readonly nullable: boolean;
  /** The field of the message that it is, or is part of. */
  readonly field: Member;
  /** Expression that is true when a frame does not hold it; undefined for what every frame holds. */
  readonly absent?: string;
}

/** The class of values of one level: of a message, or of one entry of a group. */
export interface ValuesPlan {
  readonly className: string;
  /** The type of the counts that a message's length depends on. */
  readonly countsName: string;
  readonly level: LevelPlan;
  readonly leaves: readonly ValueLeaf[];
  readonly elements: readonly ValueElement[];
}

/** What stands behind the block: groups, then data, in schema order. */
export type ValueElement = ValueGroup | ValueData;

export interface ValueGroup {
  readonly kind: "group";
  /** Name of its property. */
  readonly name: string;
  readonly plan: GroupPlan;
  /** The values of one entry. */
  readonly entry: ValuesPlan;
}

export interface ValueData {
  readonly kind: "data";
  readonly name: string;
  readonly plan: DataPlan;
}

/** @param classNames names that are taken; those of the classes of values are added */
export function planValues(node: TokenNode, level: LevelPlan, classNames: Set<string>): ValuesPlan {
  const claim = (wanted: string) => {
    let name = wanted;
    while (classNames.has(name)) name += "_";
    classNames.add(name);
    return name;
  };
  const own = claim(`${level.className}Values`);
  const countsName = claim(`${level.className}Counts`);
  const names = new MemberNames();
  const fields = node.children.filter(({ token }) => token.signal === "beginField");
  const leaves = level.members.flatMap((field, index) =>
    field.kind === "constant"
      ? []
      : leavesOf(fields[index]!.children[0]!, {
          field,
          name: field.owner.name,
          label: field.label,
          offset: field.offset,
          sinceVersion: field.owner.sinceVersion,
          names,
        }),
  );
  const nodes = node.children.filter(({ token }) => ELEMENT_SIGNALS.includes(token.signal));
  const elements = level.elements.map((plan, index): ValueElement => {
    const name = names.claim(plan.name, [""]);
    if (plan.kind === "data") return { kind: "data", name, plan };
    return { kind: "group", name, plan, entry: planValues(nodes[index]!, plan, classNames) };
  });
  return { className: own, countsName, level, leaves, elements };
}

const ELEMENT_SIGNALS = ["beginGroup", "beginVarData"];

/** All groups of a level and of the groups within it, inner ones first. */
export function valueGroups({ elements }: ValuesPlan): readonly ValueGroup[] {
  const groups = elements.filter((element): element is ValueGroup => element.kind === "group");
  return groups.flatMap((group) => [...valueGroups(group.entry), group]);
}

/** Whether there are data, which point into the octets of the frame. */
export function keepsBytes({ elements }: ValuesPlan): boolean {
  return elements.some((element) => element.kind === "data" || keepsBytes(element.entry));
}

/** Where a leaf stands: in a field of a block, or in a composite within one. */
interface Place {
  readonly field: Member;
  readonly name: string;
  readonly label: string;
  readonly offset: number;
  readonly sinceVersion: number;
  readonly names: MemberNames;
}

function leavesOf({ token, children }: TokenNode, place: Place): readonly ValueLeaf[] {
  const { field, name, label, offset, sinceVersion, names } = place;
  if (token.signal === "beginComposite") {
    return children
      .filter((child) => child.token.presence !== "constant" && !isVoid(child.token))
      .flatMap((child) =>
        leavesOf(child, {
          ...place,
          name: name + className(child.token.name),
          label: `${label}.${child.token.name}`,
          offset: offset + child.token.offset,
          sinceVersion: Math.max(sinceVersion, child.token.sinceVersion),
        }),
      );
  }
  const kind = leafKind(token);
  const isLater = sinceVersion > field.owner.sinceVersion;
  const tests = [
    ...(field.absent === undefined ? [] : [field.absent]),
    ...(isLater ? [`this.actingVersion < ${sinceVersion}`] : []),
  ];
  return [
    {
      kind,
      name: names.claim(name, SUFFIXES[kind]),
      label,
      type: token,
      offset,
      size: new WireAccess(token).primitive.size * (token.length ?? 1),
      nullable: token.presence === "optional" || tests.length > 0,
      field,
      absent: tests.length > 0 ? tests.join(" || ") : undefined,
    },
  ];
}

const SUFFIXES: Readonly<Record<ValueLeaf["kind"], readonly string[]>> = {
  words: ["Lo", "Hi", "Number"],
  number: [""],
  octets: ["", "View", "Text", "Bytes", "Known"],
};

function leafKind(token: Token): ValueLeaf["kind"] {
  const kind = kindOf(token, false);
  if (kind === "text" || kind === "array") return "octets";
  return new WireAccess(token).isWide ? "words" : "number";
}

/** What stands for an absent value: the null of the type, of sets no bit. */
export function nullOf({ type }: ValueLeaf): string {
  if (type.signal === "beginSet") return "0";
  return type.nullValue ?? new WireAccess(type).primitive.nullValue;
}

/** The same of a 64-bit integer as its two words, as getters give them: the high one unsigned where the type is. */
export function nullWordsOf(leaf: ValueLeaf): { readonly low: number; readonly high: number } {
  const wire = new WireAccess(leaf.type);
  const { low, high } = wire.words(nullOf(leaf));
  return { low, high: wire.isSigned ? high : high >>> 0 };
}
