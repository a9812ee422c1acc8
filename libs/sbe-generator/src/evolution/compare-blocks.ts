import type { TokenNode } from "../ir/token-tree.js";
import type { ChangeLog } from "./change.js";
import { compareFields } from "./compare-fields.js";
import { compareSince, requireSince } from "./compare-since.js";
import { compareTypes } from "./compare-types.js";

/** Compares what a message, or the entries of a group, hold. */
export function compareBlocks(
  path: string,
  before: TokenNode,
  after: TokenNode,
  log: ChangeLog,
  level: "message" | "entry",
): void {
  const owner = level === "message" ? before : { ...before, children: before.children.slice(1) };
  const current = level === "message" ? after : { ...after, children: after.children.slice(1) };
  compareFields(path, owner, current, log);
  compareSequences(path, owner, current, log, level);
}

const KINDS: Readonly<Record<string, string>> = { beginGroup: "group", beginVarData: "data" };

function elements({ children }: TokenNode): readonly TokenNode[] {
  return children.filter(({ token }) => Object.hasOwn(KINDS, token.signal));
}

function keyOf({ token }: TokenNode): string {
  return `${KINDS[token.signal]} ${token.id}`;
}

/** Groups and data are found by walking: old ones must stay in a row, and only what no old reader walks over may follow. */
function compareSequences(
  path: string,
  before: TokenNode,
  after: TokenNode,
  log: ChangeLog,
  level: "message" | "entry",
): void {
  const old = elements(before);
  const current = elements(after);
  const oldKeys = old.map(keyOf);
  const kept = current.map(keyOf).filter((key) => oldKeys.includes(key));
  if (kept.join() !== oldKeys.filter((key) => kept.includes(key)).join()) {
    log.breaking(
      path,
      "groups or data stand in another order",
      "all readers",
      "Readers find them by walking in schema order",
    );
  }
  for (const node of old) {
    const name = `${path}.${node.token.name}`;
    const match = current.find((candidate) => keyOf(candidate) === keyOf(node));
    if (match) compareElement(name, node, match, log);
    else {
      log.breaking(
        name,
        `the ${KINDS[node.token.signal]} was removed`,
        "all readers",
        "What follows it is taken for it; keep it and write it empty",
      );
    }
  }
  for (const [index, node] of current.entries()) {
    if (oldKeys.includes(keyOf(node))) continue;
    const followed = current.slice(index + 1).some((other) => oldKeys.includes(keyOf(other)));
    reportAddition(`${path}.${node.token.name}`, node, followed, level, log);
  }
}

function compareElement(path: string, before: TokenNode, after: TokenNode, log: ChangeLog): void {
  if (before.token.name !== after.token.name) log.safe(path, `renamed to ${after.token.name}`);
  compareSince(path, before, after, log);
  // The first thing in a group is its dimension, the only one in data its length and content.
  compareTypes(path, before.children[0]!, after.children[0]!, log);
  if (before.token.signal === "beginGroup") compareBlocks(path, before, after, log, "entry");
}

function reportAddition(
  path: string,
  node: TokenNode,
  followed: boolean,
  level: "message" | "entry",
  log: ChangeLog,
): void {
  const kind = KINDS[node.token.signal]!;
  const announced = requireSince(path, node, log);
  if (level === "entry") {
    log.breaking(
      path,
      `${kind} was added inside the entries of a group`,
      "old readers",
      "They take its octets for the next entry; add a new message or a field instead",
    );
  } else if (followed) {
    log.breaking(
      path,
      `${kind} was added in front of an older group or data`,
      "old readers",
      "They take its octets for the element that they know; append it",
    );
  } else if (announced) {
    log.caution(
      path,
      `${kind} was added at the end`,
      "old readers",
      "They leave its octets unread: their frame ends before the message does",
    );
  }
}
