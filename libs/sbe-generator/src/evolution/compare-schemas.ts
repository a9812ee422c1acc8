import type { SchemaTokens } from "../ir/token.js";
import { type TokenNode, tokenTree } from "../ir/token-tree.js";
import { type Change, ChangeLog } from "./change.js";
import { compareBlocks } from "./compare-blocks.js";
import { compareTypes } from "./compare-types.js";

export interface Evolution {
  /** Whether no change is breaking. */
  readonly compatible: boolean;
  readonly oldVersion: number;
  readonly newVersion: number;
  readonly changes: readonly Change[];
}

/**
 * Whether readers and writers of two versions of a schema understand each other in both directions, by the rules of
 * SBE 1.0 for extending a schema: what is old keeps its place and meaning, what is new is appended and says its version.
 */
export function compareSchemas(before: SchemaTokens, after: SchemaTokens): Evolution {
  const log = new ChangeLog(before.version);
  compareRoots(before, after, log);
  compareTypes("header", tree(before.header), tree(after.header), log);
  compareMessages(before.messages.map(tree), after.messages.map(tree), log);
  if (log.touchesWire && after.version === before.version) {
    log.breaking(
      "messageSchema",
      `the version stays ${before.version} although the schema changed`,
      "all readers",
      "Readers cannot tell which of the two a frame was written with; raise version",
    );
  }
  const { changes } = log;
  return {
    compatible: changes.every(({ severity }) => severity !== "breaking"),
    oldVersion: before.version,
    newVersion: after.version,
    changes,
  };
}

function tree(tokens: SchemaTokens["header"]): TokenNode {
  return tokenTree(tokens)[0]!;
}

function compareRoots(before: SchemaTokens, after: SchemaTokens, log: ChangeLog): void {
  const root = "messageSchema";
  if (before.id !== after.id) {
    log.breaking(
      root,
      `the id changed from ${before.id} to ${after.id}`,
      "all readers",
      "Readers refuse frames of another schema id",
    );
  }
  if (before.byteOrder !== after.byteOrder) {
    log.breaking(
      root,
      `the byte order changed to ${after.byteOrder}`,
      "all readers",
      "Every number reads differently",
    );
  }
  if (after.version < before.version) {
    log.breaking(
      root,
      `the version went back from ${before.version} to ${after.version}`,
      "all readers",
      "Elements of later versions count as absent; give the schemas in order, old first",
    );
  }
  if (before.package !== after.package)
    log.safe(root, `the package changed from "${before.package}" to "${after.package}"`);
}

function compareMessages(before: readonly TokenNode[], after: readonly TokenNode[], log: ChangeLog): void {
  const oldById = new Map(before.map((node) => [node.token.id, node] as const));
  const newById = new Map(after.map((node) => [node.token.id, node] as const));
  for (const [id, old] of oldById) {
    const { name } = old.token;
    const current = newById.get(id);
    if (!current) {
      log.breaking(
        name,
        `the message with template id ${id} was removed`,
        "new readers",
        "They cannot read frames of it; keep it and mark it deprecated",
      );
      continue;
    }
    if (current.token.name !== name) log.safe(name, `the message was renamed to ${current.token.name}`);
    compareBlocks(name, old, current, log, "message");
  }
  for (const [id, { token }] of newById) {
    if (oldById.has(id)) continue;
    log.addition(token.name, `the message with template id ${id} was added`);
    if (token.sinceVersion <= log.oldVersion) {
      log.caution(
        token.name,
        `the new message has sinceVersion ${token.sinceVersion}`,
        "nobody",
        `It does not say that it came after version ${log.oldVersion}`,
      );
    }
  }
}
