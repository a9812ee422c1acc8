import { describe, expect, it } from "vitest";
import { SchemaError } from "../diagnostics/diagnostics.js";
import { memoryFiles } from "../spec-support/memory-schema.js";
import { loadDocument } from "./load-document.js";

const include = (attributes: string) =>
  `<messageSchema xmlns:xi="http://www.w3.org/2001/XInclude">\n<xi:include ${attributes}/>\n</messageSchema>`;

const PARTS = `<messageSchema xmlns:xi="http://www.w3.org/2001/XInclude"><types xml:id="first"><type name="A"/></types>
<types xml:id="second"><type name="B"/><type name="C" xml:id="c"/></types>
<message name="M" xml:id="m"><xi:include href="fields.xml" xpointer="f"/></message></messageSchema>`;

describe("loadDocument", () => {
  it.each([
    ["element(/1/2)", "types", "B C"],
    ["element(second)", "types", "B C"],
    ["second", "types", "B C"],
    ['xpointer(id("second"))', "types", "B C"],
    ["xpointer( id('first') )", "types", "A"],
    ["xmlns(x=urn:^(x^)) xpath(//types) element(/1/7) element(/1/1)", "types", "A"],
    ["element(m)", "message", "F"],
  ])("puts the part that %s names in its place", (pointer, name, children) => {
    const root = loadDocument(
      "main.xml",
      memoryFiles({
        "main.xml": include(`href="parts.xml" xpointer="${pointer.replaceAll('"', "&quot;")}"`),
        "parts.xml": PARTS,
        "fields.xml": '<x><field name="F" xml:id="f"/></x>',
      }),
    );
    const [part] = root.children;
    expect(part!.name).toBe(name);
    expect(part!.children.map((child) => child.attributes.get("name")).join(" ")).toBe(children);
    expect(part!.place.file).toMatch(/parts\.xml$/);
  });

  it("puts single types among others", () => {
    const root = loadDocument(
      "main.xml",
      memoryFiles({
        "main.xml": `<messageSchema xmlns:xi="http://www.w3.org/2001/XInclude"><types><xi:include href="parts.xml" xpointer="element(second/2)"/><xi:include href="parts.xml" xpointer="element(/1/1/1)"/></types></messageSchema>`,
        "parts.xml": PARTS,
      }),
    );
    expect(root.children[0]!.children.map(({ name, attributes }) => [name, attributes.get("name")])).toEqual([
      ["type", "C"],
      ["type", "A"],
    ]);
  });

  const fallback = (attributes: string) =>
    `<messageSchema xmlns:xi="http://www.w3.org/2001/XInclude"><xi:include ${attributes}><xi:fallback><types><type name="Own"/></types><xi:include href="parts.xml" xpointer="first"/></xi:fallback></xi:include></messageSchema>`;

  it.each([
    ["a missing file", 'href="no.xml"', "Own A"],
    ["a missing part", 'href="parts.xml" xpointer="third"', "Own A"],
    ["what is there", 'href="parts.xml" xpointer="second"', "B C"],
  ])("puts the fallback in place of %s", (_, attributes, names) => {
    const files = memoryFiles({ "main.xml": fallback(attributes), "parts.xml": PARTS });
    const types = loadDocument("main.xml", files).children.flatMap(({ children }) => children);
    expect(types.map((type) => type.attributes.get("name")).join(" ")).toBe(names);
  });

  it("has no fallback for a file that is broken, misses another or includes itself", () => {
    const files = memoryFiles({ "main.xml": fallback('href="broken.xml"'), "broken.xml": "<types>" });
    expect(() => loadDocument("main.xml", files)).toThrow(/broken\.xml:1: .*not well-formed/);
    const inner = memoryFiles({
      "main.xml": fallback('href="outer.xml"'),
      "outer.xml": '<types xmlns:xi="http://www.w3.org/2001/XInclude"><xi:include href="no.xml"/></types>',
    });
    expect(() => loadDocument("main.xml", inner)).toThrow(/outer\.xml:1: .*cannot read/);
    const circle = memoryFiles({ "main.xml": fallback('href="main.xml"') });
    expect(() => loadDocument("main.xml", circle)).toThrow("includes itself");
  });

  it("stops files that double with each inclusion", () => {
    const levels = Array.from({ length: 15 }, (_, level) => level);
    const files = memoryFiles({
      "main.xml": include('href="l0.xml"'),
      ...Object.fromEntries(
        levels.map((level) => [
          `l${level}.xml`,
          `<types xmlns:xi="http://www.w3.org/2001/XInclude">${`<xi:include href="l${level + 1}.xml"/>`.repeat(2)}</types>`,
        ]),
      ),
      "l15.xml": "<types/>",
    });
    expect(() => loadDocument("main.xml", files)).toThrow("there are more than 1000 inclusions");
  });

  it("refuses elements nested too deeply to be walked", () => {
    const text = `<messageSchema>${"<a>".repeat(2000)}${"</a>".repeat(2000)}</messageSchema>`;
    expect(() => loadDocument("main.xml", memoryFiles({ "main.xml": text }))).toThrow(
      "main.xml:1: error: /messageSchema/a/a",
    );
  });

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
    ["a language", 'href="other.xml" accept-language="en"', /accept-language is not supported/],
    [
      "a part by a scheme of another kind",
      'href="parts.xml" xpointer="xpath1(/types)"',
      /main\.xml:2: .*xpath1\(\/types\)" is of a kind that is not supported/,
    ],
    ["a malformed pointer", 'href="parts.xml" xpointer="element(/1"', /is malformed/],
    ["no part", 'href="parts.xml" xpointer="element(/1/9)"', /leads to no element of ".*parts\.xml"/],
    ["a part by a name that nothing has", 'href="parts.xml" xpointer="elsewhere"', /leads to no element/],
    [
      "a type among messages",
      'href="parts.xml" xpointer="element(/1/1/1)"',
      /names <type> at \/messageSchema/,
    ],
    ["a part of the same file", 'href="main.xml" xpointer="element(/1)"', /includes itself/],
    ["a part of no file", 'xpointer="element(/1)"', /has no href/],
  ])("refuses to include %s", (_, attributes, message) => {
    const files = memoryFiles({
      "main.xml": include(attributes),
      "other.xml": "<type/>",
      "parts.xml": '<messageSchema><types><type name="T"/></types></messageSchema>',
    });
    expect(() => loadDocument("main.xml", files)).toThrow(SchemaError);
    expect(() => loadDocument("main.xml", files)).toThrow(message);
  });
});
