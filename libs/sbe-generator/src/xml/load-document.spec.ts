import { describe, expect, it } from "vitest";
import { SchemaError } from "../diagnostics/diagnostics.js";
import { memoryFiles } from "../spec-support/memory-schema.js";
import { loadDocument } from "./load-document.js";

const include = (attributes: string) =>
  `<messageSchema xmlns:xi="http://www.w3.org/2001/XInclude">\n<xi:include ${attributes}/>\n</messageSchema>`;

describe("loadDocument", () => {
  it("puts included types in their place, from folders relative to the including file, with their own lines", () => {
    const root = loadDocument(
      "main.xml",
      memoryFiles({
        "main.xml": include('href="sub/a.xml"'),
        "sub/a.xml": `<types xmlns:xi="http://www.w3.org/2001/XInclude"><xi:include href="b.xml"/></types>`,
        "sub/b.xml": '<types>\n\n<type name="T"/></types>',
      }),
    );
    const inner = root.children[0]!.children[0]!;
    expect([root.children[0]!.name, inner.name]).toEqual(["types", "types"]);
    expect(inner.children[0]!.place).toMatchObject({ line: 3, path: "/types/type[T]" });
    expect(inner.children[0]!.place.file).toMatch(/sub\/b\.xml$/);
  });

  it.each([
    ["a missing file", 'href="no.xml"', /main\.xml:2: .*cannot read .*no\.xml/],
    ["itself", 'href="main.xml"', /main\.xml:2: .*includes itself/],
    ["an address", 'href="http://127.0.0.1/x.xml"', /is not a file path/],
    ["another root", 'href="other.xml"', /the root of "other.xml" is <type>/],
    ["nothing", "", /has no href/],
    ["a part", 'href="other.xml" xpointer="x"', /xpointer is not supported/],
  ])("refuses to include %s", (_, attributes, message) => {
    const files = memoryFiles({ "main.xml": include(attributes), "other.xml": "<type/>" });
    expect(() => loadDocument("main.xml", files)).toThrow(SchemaError);
    expect(() => loadDocument("main.xml", files)).toThrow(message);
  });
});
