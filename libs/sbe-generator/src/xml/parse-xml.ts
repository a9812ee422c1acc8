import { type SaxesAttributeNS, SaxesParser } from "saxes";
import { SchemaError } from "../diagnostics/diagnostics.js";
import { pathStep, type XmlElement } from "./xml-element.js";

/** Elements within elements: bounds the stack of whoever walks the document, far beyond what a schema needs. */
const DEPTH_MAX = 1024;

const XML_URI = "http://www.w3.org/XML/1998/namespace";

interface OpenElement extends XmlElement {
  readonly children: XmlElement[];
  text: string;
}

/**
 * Parses one XML document into elements that know their line. Entities other than the five of XML are not expanded.
 * Throws a SchemaError naming file and line when the text is not well-formed or too deeply nested.
 *
 * @param file name for messages
 */
export function parseXml(text: string, file: string): XmlElement {
  const parser = new SaxesParser({ xmlns: true, position: true, fileName: undefined });
  const open: OpenElement[] = [];
  let root: XmlElement | undefined;
  let startLine = 1;

  const failure = (problem: string, advice: string) => {
    const place = { file, line: parser.line, path: open.at(-1)?.place.path ?? "/" };
    return new SchemaError([{ severity: "error", place, problem, advice }]);
  };
  parser.on("error", (error) => {
    throw failure(`not well-formed XML (${error.message})`, "Correct the markup at this line");
  });
  parser.on("opentagstart", () => {
    startLine = parser.line;
  });
  parser.on("opentag", (tag) => {
    if (open.length >= DEPTH_MAX) {
      throw failure(`elements are nested deeper than ${DEPTH_MAX}`, "Flatten the innermost elements");
    }
    const attributes = new Map<string, string>();
    let xmlId: string | undefined;
    for (const { uri, local, value } of Object.values(tag.attributes) as SaxesAttributeNS[]) {
      if (uri === "") attributes.set(local, value);
      else if (uri === XML_URI && local === "id") xmlId = value.trim();
    }
    const path = `${open.at(-1)?.place.path ?? ""}${pathStep(tag.local, attributes)}`;
    const place = { file, line: startLine, path };
    const element: OpenElement = {
      name: tag.local,
      uri: tag.uri,
      attributes,
      xmlId,
      children: [],
      text: "",
      place,
    };
    open.at(-1)?.children.push(element);
    open.push(element);
  });
  const addText = (part: string) => {
    const element = open.at(-1);
    if (element) element.text += part;
  };
  parser.on("text", addText);
  parser.on("cdata", addText);
  parser.on("closetag", () => {
    root = open.pop();
  });
  // A byte order mark is legal before the declaration, but not part of the markup.
  parser.write(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text).close();
  return root!;
}
