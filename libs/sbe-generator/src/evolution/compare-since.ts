import type { TokenNode } from "../ir/token-tree.js";
import type { ChangeLog } from "./change.js";

/** The version that an element came with must stay: it decides which frames hold the element. */
export function compareSince(path: string, before: TokenNode, after: TokenNode, log: ChangeLog): void {
  const { sinceVersion } = after.token;
  if (before.token.sinceVersion === sinceVersion) return;
  log.breaking(
    path,
    `sinceVersion changed from ${before.token.sinceVersion} to ${sinceVersion}`,
    "new readers",
    "It decides whether a frame of an older version holds the element",
  );
}

/** Reports an element that says no later version than the old schema's; true when it does. */
export function requireSince(path: string, { token }: TokenNode, log: ChangeLog): boolean {
  if (token.sinceVersion > log.oldVersion) return true;
  log.breaking(
    path,
    `added with sinceVersion ${token.sinceVersion}`,
    "new readers",
    `They look for it in frames of version ${log.oldVersion}, which lack it; set sinceVersion to the new version`,
  );
  return false;
}
