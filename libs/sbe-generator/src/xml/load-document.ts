import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { type Place, SchemaError } from "../diagnostics/diagnostics.js";
import { parseXml } from "./parse-xml.js";
import type { XmlElement } from "./xml-element.js";
import { followPointer } from "./xpointer.js";

const XINCLUDE_URI = "http://www.w3.org/2001/XInclude";
const INCLUDE_DEPTH_MAX = 16;
/** Files that include others twice and more would otherwise fill the memory. */
const INCLUSIONS_MAX = 1000;
const KNOWN: readonly string[] = ["href", "parse", "xpointer"];

/** Gives the text of a file; tests pass one that reads from memory. */
export type ReadText = (path: string) => string;

const readUtf8: ReadText = (path) => readFileSync(path, "utf8");

/**
 * Reads a schema document and puts what its `xi:include` elements name in their place. Addresses are relative to the
 * including file. What takes the place of an inclusion is the root of the included document, or the element that its
 * `xpointer` names, or, where neither is there, the content of its `xi:fallback`. Right below the root of a schema it
 * must be `types` or, by a pointer, `message`.
 * Throws a SchemaError for a missing file, a circle of inclusions, or text that is not well-formed.
 */
export function loadDocument(path: string, readText: ReadText = readUtf8): XmlElement {
  return new DocumentLoader(readText).load(path);
}

/** What an inclusion names is not there, which its fallback may stand in for. */
class MissingResource extends SchemaError {}

class DocumentLoader {
  private inclusions = 0;

  constructor(private readonly readText: ReadText) {}

  load(path: string): XmlElement {
    const root = this.read(path, { file: path, line: 1, path: "/" });
    return this.expand(root, [resolve(path)]);
  }

  private read(path: string, from: Place): XmlElement {
    let text: string;
    try {
      text = this.readText(path);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw missing(from, `cannot read "${path}" (${reason})`, "Check the path, relative to this file");
    }
    return parseXml(text, path);
  }

  /** @param including files that are being included; a circle of them is refused, whatever parts they name */
  private expand(element: XmlElement, including: readonly string[]): XmlElement {
    if (element.children.length === 0) return element;
    const children = element.children.flatMap((child) =>
      child.uri === XINCLUDE_URI ? this.include(child, element, including) : [this.expand(child, including)],
    );
    return { ...element, children };
  }

  private include(
    element: XmlElement,
    parent: XmlElement,
    including: readonly string[],
  ): readonly XmlElement[] {
    const path = pathOf(element);
    try {
      return [this.included(path, element, parent, including)];
    } catch (error) {
      if (!(error instanceof MissingResource)) throw error;
      const fallback = element.children.find(({ uri, name }) => uri === XINCLUDE_URI && name === "fallback");
      // What an included file misses is a fault of that file, for which its includer has no fallback.
      if (!fallback) throw new SchemaError(error.diagnostics);
      return this.expand({ ...fallback, name: parent.name }, including).children;
    }
  }

  private included(
    path: string,
    { attributes, place }: XmlElement,
    parent: XmlElement,
    including: readonly string[],
  ): XmlElement {
    if (including.includes(path)) {
      throw failure(place, `"${path}" includes itself`, "Remove one inclusion of the circle");
    }
    if (including.length > INCLUDE_DEPTH_MAX) {
      const problem = `inclusions are nested deeper than ${INCLUDE_DEPTH_MAX}`;
      throw failure(place, problem, "Include the file directly");
    }
    if (++this.inclusions > INCLUSIONS_MAX) {
      throw failure(place, `there are more than ${INCLUSIONS_MAX} inclusions`, "Include each file once");
    }
    const root = this.read(path, place);
    const pointer = attributes.get("xpointer");
    const included = pointer === undefined ? root : target(pointer, root, place);
    if (pointer === undefined && included.name !== "types") {
      const problem = `the root of "${attributes.get("href")}" is <${included.name}>`;
      throw failure(place, problem, "Wrap the included types in <types>");
    }
    if (parent.name === "messageSchema" && included.name !== "types" && included.name !== "message") {
      throw failure(
        place,
        `xpointer="${pointer}" names <${included.name}> at ${included.place.path}`,
        "Name <types> or <message>, or include it within <types>",
      );
    }
    return this.expand(included, [...including, path]);
  }
}

/** The file that an inclusion names. */
function pathOf({ name, attributes, place }: XmlElement): string {
  if (name !== "include")
    throw failure(place, `xi:${name} does not belong here`, "Use xi:include with href and xpointer");
  const href = attributes.get("href");
  if (!href) throw failure(place, "xi:include has no href", "Name the file to include");
  if (/^[a-z][a-z0-9+.-]+:/i.test(href)) {
    throw failure(place, `"${href}" is not a file path`, "Keep included files beside the schema");
  }
  const unknown = [...attributes.keys()].filter((key) => !KNOWN.includes(key));
  const parse = attributes.get("parse") ?? "xml";
  if (unknown.length > 0 || parse !== "xml") {
    throw failure(
      place,
      `xi:include with ${unknown[0] ?? `parse="${parse}"`} is not supported`,
      "Give href and, for a part of the file, xpointer",
    );
  }
  return resolve(dirname(place.file), href);
}

/** The element that a pointer names in an included document. */
function target(pointer: string, root: XmlElement, place: Place): XmlElement {
  const found = followPointer(pointer, root);
  if ("element" in found) return found.element;
  throw missing(
    place,
    `${found.problem} of "${root.place.file}"`,
    'Use element(/1/2), element(name), xpointer(id("name")) or name, where the element has xml:id="name"',
  );
}

function failure(place: Place, problem: string, advice: string): SchemaError {
  return new SchemaError([{ severity: "error", place, problem, advice }]);
}

function missing(place: Place, problem: string, advice: string): SchemaError {
  return new MissingResource([{ severity: "error", place, problem, advice }]);
}
