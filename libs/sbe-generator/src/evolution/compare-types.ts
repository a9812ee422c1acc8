import type { Token } from "../ir/token.js";
import type { TokenNode } from "../ir/token-tree.js";
import { primitiveOf } from "../schema/primitive-type.js";
import type { ChangeLog } from "./change.js";
import { compareValues } from "./compare-values.js";

/** Types as they are on the wire; their names do not matter. */
export function compareTypes(path: string, before: TokenNode, after: TokenNode, log: ChangeLog): void {
  if (before.token.signal !== after.token.signal) {
    log.breaking(
      path,
      `the type changed from ${kindOf(before.token)} to ${kindOf(after.token)}`,
      "all readers",
      "Its octets mean something else",
    );
    return;
  }
  if (before.token.signal === "beginComposite") compareComposites(path, before, after, log);
  else comparePrimitives(path, before.token, after.token, log);
  if (before.token.signal === "beginEnum" || before.token.signal === "beginSet") {
    compareValues(`${path} (${before.token.typeName})`, before, after, log);
  }
}

function kindOf({ signal, primitive, length }: Token): string {
  if (signal !== "encoding") return signal.slice("begin".length).toLowerCase();
  return length === 1 ? `${primitive}` : `${primitive}[${length}]`;
}

function comparePrimitives(path: string, before: Token, after: Token, log: ChangeLog): void {
  if (before.primitive !== after.primitive || before.length !== after.length) {
    log.breaking(
      path,
      `the encoding changed from ${kindOf(before)}${withPrimitive(before)} to ${kindOf(after)}${withPrimitive(after)}`,
      "all readers",
      "Its octets mean something else, and what follows moves",
    );
    return;
  }
  if (before.presence !== after.presence) comparePresence(path, before, after, log);
  else if (before.constant !== after.constant) {
    log.breaking(
      path,
      `the constant changed from "${before.constant}" to "${after.constant}"`,
      "all readers",
      "It is not on the wire: each reader reports its own",
    );
  } else if (nullOf(before) !== nullOf(after)) {
    log.breaking(
      path,
      `the null value changed from ${nullOf(before)} to ${nullOf(after)}`,
      "all readers",
      "A reader of the other version takes null for a value and a value for null",
    );
  }
  compareLimits(path, before, after, log);
  compareCharsets(path, before, after, log);
}

function withPrimitive({ signal, primitive }: Token): string {
  return signal === "encoding" ? "" : ` of ${primitive}`;
}

/** Enums always have a null; of simple types only optional ones. */
function nullOf({ signal, presence, nullValue, primitive }: Token): string | undefined {
  if (signal !== "beginEnum" && presence !== "optional") return undefined;
  return nullValue ?? (primitive && primitiveOf(primitive)!.nullValue);
}

function comparePresence(path: string, before: Token, after: Token, log: ChangeLog): void {
  const change = `presence changed from ${before.presence} to ${after.presence}`;
  if (before.signal !== "encoding" && before.presence !== "constant" && after.presence !== "constant") {
    log.safe(path, change);
  } else if (before.presence === "constant" || after.presence === "constant") {
    log.breaking(path, change, "all readers", "A constant is not on the wire, so what follows moves");
  } else if (after.presence === "optional") {
    log.breaking(path, change, "old readers", "They take the null value for a number");
  } else {
    log.breaking(path, change, "new readers", "They take the null values of older frames for numbers");
  }
}

function compareLimits(path: string, before: Token, after: Token, log: ChangeLog): void {
  for (const limit of ["minValue", "maxValue"] as const) {
    const [old, current] = [limitOf(before, limit), limitOf(after, limit)];
    if (old === current) continue;
    log.caution(
      path,
      `${limit} changed from ${old} to ${current}`,
      "all readers",
      "A value that one version allows may be out of range for the other",
    );
  }
}

function limitOf(token: Token, limit: "minValue" | "maxValue"): string | undefined {
  return token[limit] ?? (token.primitive && primitiveOf(token.primitive)![limit]);
}

function compareCharsets(path: string, before: Token, after: Token, log: ChangeLog): void {
  const [old, current] = [before.characterEncoding, after.characterEncoding];
  if (old === current) return;
  const change = `the character encoding changed from ${old ?? "none"} to ${current ?? "none"}`;
  if (old === "US-ASCII" && current !== undefined) {
    log.caution(path, change, "old readers", "They cannot read characters beyond ASCII");
  } else {
    log.breaking(path, change, "all readers", "The same octets read as other characters");
  }
}

/** A composite is of one piece: what changes inside it reaches everything that uses it and whatever follows it. */
function compareComposites(path: string, before: TokenNode, after: TokenNode, log: ChangeLog): void {
  const inside = `${path} (${before.token.typeName})`;
  if (before.token.size !== after.token.size) {
    log.breaking(
      inside,
      `the composite changed from ${before.token.size} to ${after.token.size} octets`,
      "all readers",
      "What follows it moves; define a new composite for a new field",
    );
  }
  const current = new Map(after.children.map((node) => [node.token.name, node] as const));
  for (const node of before.children) {
    const { name, offset, presence } = node.token;
    const match = current.get(name);
    current.delete(name);
    if (!match) {
      log.breaking(
        inside,
        `member "${name}" was removed or renamed`,
        "all readers",
        "Members are known by name",
      );
      continue;
    }
    if (match.token.offset !== offset && presence !== "constant") {
      log.breaking(
        `${inside}.${name}`,
        `the offset changed from ${offset} to ${match.token.offset}`,
        "all readers",
        "Readers of the other version take other octets for it",
      );
    }
    compareTypes(`${inside}.${name}`, node, match, log);
  }
  for (const [name, { token }] of current) {
    if (token.presence === "constant") log.safe(inside, `constant member "${name}" was added`);
    else {
      log.breaking(
        inside,
        `member "${name}" was added`,
        "all readers",
        "Composites carry no length of their own; define a new composite for a new field",
      );
    }
  }
}
