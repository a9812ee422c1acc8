import type { Token } from "./token.js";
import type { TokenNode } from "./token-tree.js";

/**
 * Octets that a block holds in every frame: up to the end of the last field that the first version had and that may not
 * be null. A shorter block is no frame of any version; what else it lacks reads as absent.
 *
 * @param level message or group
 */
export function requiredLength({ children }: TokenNode): number {
  const ends = children
    .filter(({ token, children: [type] }) => token.signal === "beginField" && isRequired(token, type!.token))
    .map(({ token }) => token.offset + token.size);
  return Math.max(0, ...ends);
}

function isRequired(field: Token, type: Token): boolean {
  return field.sinceVersion === 0 && field.presence !== "constant" && !isNullable(type);
}

/** Whether a null of the type tells that there is no value; texts and composites have none. */
export function isNullable({ signal, presence, primitive, length }: Token): boolean {
  const isText = signal === "encoding" && primitive === "char" && length !== 1;
  return presence === "optional" && signal !== "beginComposite" && !isText;
}
