import type { Token } from "./token.js";

/** A token with the tokens between it and its end. */
export interface TokenNode {
  readonly token: Token;
  readonly children: readonly TokenNode[];
}

/** Groups a flat list by `tokenCount`; printers walk the result. */
export function tokenTree(tokens: readonly Token[]): readonly TokenNode[] {
  const nodes: TokenNode[] = [];
  for (let at = 0; at < tokens.length; ) {
    const token = tokens[at]!;
    const end = at + token.tokenCount;
    nodes.push({ token, children: token.tokenCount > 1 ? tokenTree(tokens.slice(at + 1, end - 1)) : [] });
    at = end;
  }
  return nodes;
}
