import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { generate } from "sbe-schema-ts";
import { describe, expect, it } from "vitest";
import { STREAM_SCHEMA_PATH } from "../../spec-support/stream-schema.js";

const GENERATED = new URL("../../generated/market-stream/", import.meta.url);

describe("the generated codec of the binary streams", () => {
  it("is what the generator makes of the schema now, file by file", () => {
    const made = generate(STREAM_SCHEMA_PATH);
    const committed = readdirSync(fileURLToPath(GENERATED), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ name, parentPath }) => `${parentPath}/${name}`.replace(/^.*\/market-stream\/+/, ""));
    expect(committed.sort()).toEqual([...made.keys()].sort());
    for (const [path, text] of made) {
      expect(readFileSync(new URL(path, GENERATED), "utf8") === text, path).toBe(true);
    }
  });
});
