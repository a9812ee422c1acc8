import type { TokenNode } from "../ir/token-tree.js";
import type { ChangeLog } from "./change.js";
import { compareSince, requireSince } from "./compare-since.js";
import { compareTypes } from "./compare-types.js";

/** Fields of a block: old ones keep place and meaning, new ones lie behind them or in former padding. */
export function compareFields(path: string, before: TokenNode, after: TokenNode, log: ChangeLog): void {
  const old = fieldsById(before);
  const current = fieldsById(after);
  for (const [id, node] of old) {
    const match = current.get(id);
    if (match) compareField(`${path}.${node.token.name}`, node, match, log);
    else {
      log.breaking(
        `${path}.${node.token.name}`,
        `the field with id ${id} was removed`,
        "all readers",
        "Readers of the other version take other octets, or nothing, for it; keep it and mark it deprecated",
      );
    }
  }
  for (const [id, node] of current) {
    if (old.has(id)) continue;
    const name = `${path}.${node.token.name}`;
    if (node.token.presence === "constant" || requireSince(name, node, log)) {
      log.addition(name, `the field with id ${id} was added`);
    }
  }
  compareBlockLengths(path, before.token.size, after.token.size, log);
}

function fieldsById({ children }: TokenNode): ReadonlyMap<number, TokenNode> {
  const fields = children.filter(({ token }) => token.signal === "beginField");
  return new Map(fields.map((node) => [node.token.id!, node]));
}

function compareField(path: string, before: TokenNode, after: TokenNode, log: ChangeLog): void {
  const { name, offset, presence, constant } = before.token;
  if (name !== after.token.name) log.safe(path, `the field was renamed to ${after.token.name}`);
  if (offset !== after.token.offset && presence !== "constant") {
    log.breaking(
      path,
      `the offset changed from ${offset} to ${after.token.offset}`,
      "all readers",
      "Readers of the other version take other octets for it",
    );
  }
  if (constant !== after.token.constant) {
    log.breaking(
      path,
      `the constant changed from ${constant ?? "none"} to ${after.token.constant ?? "none"}`,
      "all readers",
      "It is not on the wire: each reader reports its own",
    );
  }
  if (presence !== "constant") compareSince(path, before, after, log);
  if ((before.token.deprecated ?? -1) !== (after.token.deprecated ?? -1)) {
    log.safe(path, `deprecated changed to ${after.token.deprecated ?? "nothing"}`);
  }
  compareTypes(path, before.children[0]!, after.children[0]!, log);
}

function compareBlockLengths(path: string, before: number, after: number, log: ChangeLog): void {
  if (after < before) {
    log.breaking(
      path,
      `the block shrank from ${before} to ${after} octets`,
      "old readers",
      "Frames no longer hold what they read; keep the block length",
    );
  } else if (after > before) {
    log.addition(path, `the block grew from ${before} to ${after} octets`);
  }
}
