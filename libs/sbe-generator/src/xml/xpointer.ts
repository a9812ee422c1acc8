import type { XmlElement } from "./xml-element.js";

/** One part of a pointer: a scheme with what stands in its parentheses; the shorthand is the scheme "". */
interface PointerPart {
  readonly scheme: string;
  readonly data: string;
}

/** What a pointer leads to, or why it leads nowhere. */
export type PointerTarget = { readonly element: XmlElement } | { readonly problem: string };

const NCNAME = /^[\p{L}_][\p{L}\p{N}\p{M}._-]*$/u;

/**
 * Follows an XPointer within a document, XPointer Framework: a shorthand `name`, `element(name)`, `element(/1/2)`,
 * `element(name/2)` and `xpointer(id("name"))`, where names are values of `xml:id`. Of several parts the first that
 * leads somewhere counts; parts of other schemes are passed over.
 */
export function followPointer(pointer: string, root: XmlElement): PointerTarget {
  const parts = parsePointer(pointer.trim());
  if (parts === undefined) return { problem: `xpointer="${pointer}" is malformed` };
  for (const part of parts) {
    const path = pathOf(part);
    const element = path && followPath(path, root);
    if (element) return { element };
  }
  const supported = parts.some((part) => pathOf(part) !== undefined);
  return {
    problem: supported
      ? `xpointer="${pointer}" leads to no element`
      : `xpointer="${pointer}" is of a kind that is not supported`,
  };
}

/** Undefined for text that is no pointer. */
function parsePointer(text: string): readonly PointerPart[] | undefined {
  if (NCNAME.test(text)) return [{ scheme: "", data: text }];
  const parts: PointerPart[] = [];
  let rest = text;
  while (rest !== "") {
    const scheme = /^([\p{L}_][\p{L}\p{N}\p{M}._:-]*)\(/u.exec(rest)?.[1];
    const end = scheme === undefined ? -1 : closingParenthesis(rest, scheme.length);
    if (scheme === undefined || end < 0) return undefined;
    parts.push({ scheme, data: rest.slice(scheme.length + 1, end).replace(/\^([()^])/g, "$1") });
    rest = rest.slice(end + 1).trimStart();
  }
  return parts.length > 0 ? parts : undefined;
}

/** Of the parenthesis that opens at `start`; `^` escapes the one behind it. −1 when it stays open. */
function closingParenthesis(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    const character = text[at];
    if (character === "^") at++;
    else if (character === "(") depth++;
    else if (character === ")" && --depth === 0) return at;
  }
  return -1;
}

/** Where to start, the document or the element of an id, and which child to take at each step, 1 for the first. */
interface ElementPath {
  readonly id: string | undefined;
  readonly steps: readonly number[];
}

/** Undefined for schemes and expressions that are not supported. */
function pathOf({ scheme, data }: PointerPart): ElementPath | undefined {
  if (scheme === "") return { id: data, steps: [] };
  if (scheme === "xpointer") {
    const id = /^\s*id\(\s*(?:"([^"]*)"|'([^']*)')\s*\)\s*$/.exec(data);
    return id ? { id: id[1] ?? id[2], steps: [] } : undefined;
  }
  if (scheme !== "element") return undefined;
  const [id, ...steps] = data.split("/");
  if (!steps.every((step) => /^[1-9]\d{0,8}$/.test(step))) return undefined;
  if (id === "" ? steps.length === 0 : !NCNAME.test(id!)) return undefined;
  return { id: id === "" ? undefined : id, steps: steps.map(Number) };
}

function followPath({ id, steps }: ElementPath, root: XmlElement): XmlElement | undefined {
  let children: readonly XmlElement[] = [root];
  let element = id === undefined ? undefined : findId(root, id);
  if (id !== undefined) {
    if (!element) return undefined;
    children = element.children;
  }
  for (const step of steps) {
    element = children[step - 1];
    if (!element) return undefined;
    children = element.children;
  }
  return element;
}

/** The first in document order, as for ids that stand twice. */
function findId(element: XmlElement, id: string): XmlElement | undefined {
  if (element.xmlId === id) return element;
  for (const child of element.children) {
    const found = findId(child, id);
    if (found) return found;
  }
  return undefined;
}
