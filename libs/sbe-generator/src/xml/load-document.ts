import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { type Place, SchemaError } from "../diagnostics/diagnostics.js";
import { parseXml } from "./parse-xml.js";
import type { XmlElement } from "./xml-element.js";
import { followPointer } from "./xpointer.js";

const XINCLUDE_URI = "http://www.w3.org/2001/XInclude";
const INCLUDE_DEPTH_MAX = 16;
const KNOWN: readonly string[] = ["href", "parse", "xpointer"];

/** Gives the text of a file; tests pass one that reads from memory. */
export type ReadText = (path: string) => string;

const readUtf8: ReadText = (path) => readFileSync(path, "utf8");

/**
 * Reads a schema document and puts what its `xi:include` elements name in their place. Addresses are relative to the
 * including file. What takes the place of an inclusion is the root of the included document, or the element that its
 * `xpointer` names; right below the root of a schema it must be `types` or, by a pointer, `message`.
 * Throws a SchemaError for a missing file, a circle of inclusions, or text that is not well-formed.
 */
export function loadDocument(path: string, readText: ReadText = readUtf8): XmlElement {
  const root = read(path, [], { file: path, line: 1, path: "/" }, readText);
  return expand(root, [resolve(path)], readText);
}

/** @param including files that are being included; a circle of them is refused, whatever parts they name */
function read(path: string, including: readonly string[], from: Place, readText: ReadText): XmlElement {
  if (including.includes(resolve(path))) {
    throw failure(from, `"${path}" includes itself`, "Remove one inclusion of the circle");
  }
  if (including.length > INCLUDE_DEPTH_MAX) {
    throw failure(
      from,
      `inclusions are nested deeper than ${INCLUDE_DEPTH_MAX}`,
      "Include the file directly",
    );
  }
  let text: string;
  try {
    text = readText(path);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw failure(from, `cannot read "${path}" (${reason})`, "Check the path, relative to this file");
  }
  return parseXml(text, path);
}

function expand(element: XmlElement, including: readonly string[], readText: ReadText): XmlElement {
  if (element.children.length === 0) return element;
  const children = element.children.map((child) =>
    child.uri === XINCLUDE_URI
      ? include(child, element, including, readText)
      : expand(child, including, readText),
  );
  return { ...element, children };
}

function include(
  element: XmlElement,
  parent: XmlElement,
  including: readonly string[],
  readText: ReadText,
): XmlElement {
  const { place, name } = element;
  if (name !== "include")
    throw failure(place, `xi:${name} is not supported`, "Use xi:include with href and xpointer");
  const href = element.attributes.get("href");
  if (!href) throw failure(place, "xi:include has no href", "Name the file to include");
  if (/^[a-z][a-z0-9+.-]+:/i.test(href)) {
    throw failure(place, `"${href}" is not a file path`, "Keep included files beside the schema");
  }
  const unknown = [...element.attributes.keys()].filter((key) => !KNOWN.includes(key));
  const parse = element.attributes.get("parse") ?? "xml";
  if (unknown.length > 0 || parse !== "xml") {
    throw failure(
      place,
      `xi:include with ${unknown[0] ?? `parse="${parse}"`} is not supported`,
      "Give href and, for a part of the file, xpointer",
    );
  }
  const path = resolve(dirname(place.file), href);
  const root = read(path, including, place, readText);
  const pointer = element.attributes.get("xpointer");
  const included = pointer === undefined ? root : target(pointer, root, place);
  if (pointer === undefined && included.name !== "types") {
    throw failure(place, `the root of "${href}" is <${included.name}>`, "Wrap the included types in <types>");
  }
  if (parent.name === "messageSchema" && included.name !== "types" && included.name !== "message") {
    throw failure(
      place,
      `xpointer="${pointer}" names <${included.name}> at ${included.place.path}`,
      "Name <types> or <message>, or include it within <types>",
    );
  }
  return expand(included, [...including, path], readText);
}

/** The element that a pointer names in an included document. */
function target(pointer: string, root: XmlElement, place: Place): XmlElement {
  const found = followPointer(pointer, root);
  if ("element" in found) return found.element;
  throw failure(
    place,
    `${found.problem} of "${root.place.file}"`,
    'Use element(/1/2), element(name), xpointer(id("name")) or name, where the element has xml:id="name"',
  );
}

function failure(place: Place, problem: string, advice: string): SchemaError {
  return new SchemaError([{ severity: "error", place, problem, advice }]);
}
