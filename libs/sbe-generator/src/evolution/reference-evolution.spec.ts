import { join } from "node:path";
import { describe, expect, inject, it } from "vitest";
import { compile } from "../compile.js";
import { compareSchemas } from "./compare-schemas.js";

const folder = join(inject("sharedDir"), "sbe/vectors");

function breaking(before: string, after: string): readonly string[] {
  const { changes } = compareSchemas(
    compile(join(folder, before)).tokens,
    compile(join(folder, after)).tokens,
  );
  return changes
    .filter(({ severity }) => severity === "breaking")
    .map(({ path, change }) => `${path}: ${change}`);
}

describe.skipIf(!inject("sharedDir"))("versions of the reference schemas", () => {
  it.each([
    ["evolution-forward/schema-v0.xml", "evolution-forward/schema-v1.xml"],
    ["car-extension/schema-v0.xml", "car-extension/schema-v1.xml"],
    ["extension/schema.xml", "extension/schema.xml"],
  ])("%s to %s survives old readers", (before, after) => {
    expect(breaking(before, after)).toEqual([]);
  });

  it("that old readers do not survive are told apart by element", () => {
    expect(breaking("evolution/schema-v0.xml", "evolution/schema-v1.xml")).toEqual([
      "Quote.trades: group was added in front of an older group or data",
    ]);
    expect(breaking("evolution/schema-v1.xml", "evolution/schema-v2.xml")).toEqual([
      "Quote.levels.orders: group was added inside the entries of a group",
    ]);
  });

  it("are of one byte order", () => {
    expect(breaking("numbers-big-endian/schema.xml", "numbers-big-endian/schema.xml")).toEqual([]);
    expect(breaking("sets/schema.xml", "sets-big-endian/schema.xml")).toContain(
      "messageSchema: the byte order changed to bigEndian",
    );
  });
});

describe("the platform's own schemas", () => {
  const own = (version: string) =>
    compile(join(import.meta.dirname, `../../../sbe/schema/ims-${version}.xml`)).tokens;

  it("extend each other: version 2 moves nothing of version 1", () => {
    const { changes } = compareSchemas(own("v1"), own("v2"));
    expect(changes.filter(({ severity }) => severity === "breaking")).toEqual([]);
    expect(changes.map(({ change }) => change)).toContain("the message with template id 210 was added");
  });
});
