import { type SaxesAttributeNS, SaxesParser } from "saxes";
import { SchemaError } from "../diagnostics/diagnostics.js";
import { pathStep, type XmlElement } from "./xml-element.js";

interface OpenElement extends XmlElement {
  readonly children: XmlElement[];
  text: string;
}

/**
 * Parses one XML document into elements that know their line. Entities other than the five of XML are not expanded.
 * Throws a SchemaError naming file and line when the text is not well-formed.
 *
 * @param file name for messages
 */
export function parseXml(text: string, file: string): XmlElement {
  const parser = new SaxesParser({ xmlns: true, position: true, fileName: undefined });
  const open: OpenElement[] = [];
  let root: XmlElement | undefined;
  let startLine = 1;

  parser.on("error", (error) => {
    throw new SchemaError([
      {
        severity: "error",
        place: { file, line: parser.line, path: open.at(-1)?.place.path ?? "/" },
        problem: `not well-formed XML (${error.message})`,
        advice: "Correct the markup at this line",
      },
    ]);
  });
  parser.on("opentagstart", () => {
    startLine = parser.line;
  });
  parser.on("opentag", (tag) => {
    const attributes = new Map<string, string>();
    for (const attribute of Object.values(tag.attributes) as SaxesAttributeNS[]) {
      if (attribute.uri === "") attributes.set(attribute.local, attribute.value);
    }
    const path = `${open.at(-1)?.place.path ?? ""}${pathStep(tag.local, attributes)}`;
    const place = { file, line: startLine, path };
    const element: OpenElement = { name: tag.local, uri: tag.uri, attributes, children: [], text: "", place };
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
