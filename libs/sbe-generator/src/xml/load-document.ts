import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { type Place, SchemaError } from "../diagnostics/diagnostics.js";
import { parseXml } from "./parse-xml.js";
import type { XmlElement } from "./xml-element.js";

const XINCLUDE_URI = "http://www.w3.org/2001/XInclude";
const INCLUDE_DEPTH_MAX = 16;

/** Gives the text of a file; tests pass one that reads from memory. */
export type ReadText = (path: string) => string;

const readUtf8: ReadText = (path) => readFileSync(path, "utf8");

/**
 * Reads a schema document and puts what its `xi:include` elements name in their place. Addresses are relative to the
 * including file; the root of an included document must be `types`, as in the reference tool.
 * Throws a SchemaError for a missing file, a circle of inclusions, or text that is not well-formed.
 */
export function loadDocument(path: string, readText: ReadText = readUtf8): XmlElement {
  return load(path, [], { file: path, line: 1, path: "/" }, readText);
}

function load(path: string, including: readonly string[], from: Place, readText: ReadText): XmlElement {
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
  return expand(parseXml(text, path), [...including, resolve(path)], readText);
}

function expand(element: XmlElement, including: readonly string[], readText: ReadText): XmlElement {
  if (element.children.length === 0) return element;
  const children = element.children.map((child) =>
    child.uri === XINCLUDE_URI ? include(child, including, readText) : expand(child, including, readText),
  );
  return { ...element, children };
}

function include(element: XmlElement, including: readonly string[], readText: ReadText): XmlElement {
  const { place, name } = element;
  if (name !== "include")
    throw failure(place, `xi:${name} is not supported`, "Use xi:include with href only");
  const href = element.attributes.get("href");
  if (!href) throw failure(place, "xi:include has no href", "Name the file to include");
  if (/^[a-z][a-z0-9+.-]+:/i.test(href)) {
    throw failure(place, `"${href}" is not a file path`, "Keep included files beside the schema");
  }
  const unknown = [...element.attributes.keys()].filter((key) => key !== "href" && key !== "parse");
  const parse = element.attributes.get("parse") ?? "xml";
  if (unknown.length > 0 || parse !== "xml") {
    throw failure(
      place,
      `xi:include with ${unknown[0] ?? `parse="${parse}"`} is not supported`,
      "Give href only",
    );
  }
  const included = load(resolve(dirname(place.file), href), including, place, readText);
  if (included.name !== "types") {
    throw failure(place, `the root of "${href}" is <${included.name}>`, "Wrap the included types in <types>");
  }
  return included;
}

function failure(place: Place, problem: string, advice: string): SchemaError {
  return new SchemaError([{ severity: "error", place, problem, advice }]);
}
