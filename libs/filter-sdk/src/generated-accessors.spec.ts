import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { accessorFiles } from "../generator/generate.js";

const schema = join(import.meta.dirname, "../../sbe/schema/ims-v2.xml");
const committed = join(import.meta.dirname, "../assembly/generated");

describe("generated accessors", () => {
  const files = accessorFiles(schema);

  it("are exactly what the schema gives: run `npm run generate -w @ims/filter-sdk` after a change", () => {
    expect(readdirSync(committed).sort()).toEqual([...files.keys()].sort());
    for (const [name, text] of files) {
      expect([name, readFileSync(join(committed, name), "utf8")]).toEqual([name, text]);
    }
  });

  it("are the same when generated twice", () => {
    expect([...accessorFiles(schema)]).toEqual([...files]);
  });
});
