import type { TokenNode } from "../ir/token-tree.js";
import type { ChangeLog } from "./change.js";

/** Values of an enum, or choices of a set: numbers keep their meaning; new ones are unknown to old readers. */
export function compareValues(path: string, before: TokenNode, after: TokenNode, log: ChangeLog): void {
  const word = before.token.signal === "beginSet" ? "choice" : "value";
  const current = new Map(after.children.map(({ token }) => [token.value, token] as const));
  const names = new Map(after.children.map(({ token }) => [token.name, token] as const));
  const known = new Set(before.children.map(({ token }) => token.value));
  for (const { token } of before.children) {
    const sameName = names.get(token.name);
    const sameNumber = current.get(token.value);
    if (sameName && sameName.value !== token.value) {
      log.breaking(
        path,
        `${word} ${token.name} changed from ${token.value} to ${sameName.value}`,
        "all readers",
        "Each reader gives the number another name",
      );
    } else if (!sameNumber) {
      log.breaking(
        path,
        `${word} ${token.name} (${token.value}) was removed`,
        "new readers",
        "They do not know it in older frames; keep it and mark it deprecated",
      );
    } else if (sameNumber.name !== token.name) {
      log.caution(
        path,
        `${word} ${token.name} was renamed to ${sameNumber.name}`,
        "all readers",
        "The number is the same, the name in JSON is not",
      );
    }
  }
  for (const { token } of after.children) {
    if (known.has(token.value)) continue;
    log.caution(
      path,
      `${word} ${token.name} (${token.value}) was added`,
      "old readers",
      "They meet it as an unknown number",
    );
  }
}
