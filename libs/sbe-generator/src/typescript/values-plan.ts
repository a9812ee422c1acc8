import { isVoid, type Token } from "../ir/token.js";
import type { TokenNode } from "../ir/token-tree.js";
import { kindOf, type Member } from "./member.js";
import type { MessagePlan } from "./message-plan.js";
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
}

/** The class of values of a message of one block. */
export interface ValuesPlan {
  readonly className: string;
  readonly leaves: readonly ValueLeaf[];
}

/** Undefined for messages with groups or data, whose length is not known beforehand. */
export function planValues(
  node: TokenNode,
  plan: MessagePlan,
  classNames: Set<string>,
): ValuesPlan | undefined {
  if (plan.elements.length > 0) return undefined;
  let own = `${plan.className}Values`;
  while (classNames.has(own)) own += "_";
  classNames.add(own);
  const names = new MemberNames();
  const fields = node.children.filter(({ token }) => token.signal === "beginField");
  const leaves = plan.members.flatMap((field, index) =>
    field.kind === "constant"
      ? []
      : leavesOf(fields[index]!.children[0]!, field, field.owner.name, field.label, field.offset, names),
  );
  return { className: own, leaves };
}

function leavesOf(
  { token, children }: TokenNode,
  field: Member,
  name: string,
  label: string,
  offset: number,
  names: MemberNames,
): readonly ValueLeaf[] {
  if (token.signal === "beginComposite") {
    return children
      .filter((child) => child.token.presence !== "constant" && !isVoid(child.token))
      .flatMap((child) => {
        const inner = child.token.name;
        return leavesOf(
          child,
          field,
          name + className(inner),
          `${label}.${inner}`,
          offset + child.token.offset,
          names,
        );
      });
  }
  const kind = leafKind(token);
  return [
    {
      kind,
      name: names.claim(name, SUFFIXES[kind]),
      label,
      type: token,
      offset,
      size: new WireAccess(token).primitive.size * (token.length ?? 1),
      nullable: token.presence === "optional" || field.absent !== undefined,
      field,
    },
  ];
}

const SUFFIXES: Readonly<Record<ValueLeaf["kind"], readonly string[]>> = {
  words: ["Lo", "Hi", "Number"],
  number: [""],
  octets: ["", "View", "Text"],
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
