import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { generate, runtimeFiles } from "sbe-schema-ts";
import { describe, expect, it } from "vitest";

const library = resolve(import.meta.dirname, "../../../libs/sbe");

/** Paths of the files below a folder, with `/`, in order. */
function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".ts"))
    .map((path) => path.replaceAll("\\", "/"))
    .sort();
}

describe.each(["v1", "v2"])("generated codecs of schema %s", (version) => {
  const committed = join(library, "src/generated", version);
  const options = { runtime: "../runtime/index.js" };
  const files = generate(join(library, `schema/ims-${version}.xml`), options);

  it("are exactly what the schema gives: run `npm run generate -w @ims/sbe` after a change", () => {
    expect(filesBelow(committed)).toEqual([...files.keys()].sort());
    for (const [path, text] of files) {
      expect([path, readFileSync(join(committed, path), "utf8")]).toEqual([path, text]);
    }
  });

  it("are the same when generated twice", () => {
    expect([...generate(join(library, `schema/ims-${version}.xml`), options)]).toEqual([...files]);
  });
});

describe("emitted runtime", () => {
  it("is exactly what the generator has, but for the errors", () => {
    const committed = join(library, "src/generated/runtime");
    const files = runtimeFiles("../../runtime/sbe-errors.js");
    expect(filesBelow(committed)).toEqual([...files.keys()].sort());
    for (const [path, text] of files) {
      expect([path, readFileSync(join(committed, path), "utf8")]).toEqual([path, text]);
    }
  });
});
