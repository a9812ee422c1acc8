import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "../../../..");
const text = readFileSync(join(root, "docs/venues/bitstamp.md"), "utf8");

/** Where specs that prove a rule may stand. */
const specs = new Set(
  ["libs/integration/bitstamp/src", "libs/exchange-simulator/src", "apps/e2e/src"].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".spec.ts"))
      .map((file) => basename(file)),
  ),
);

const rows = text
  .slice(text.indexOf("## Rules of the venue"))
  .split("\n")
  .filter((line) => line.startsWith("| "))
  .slice(1);

function pathOf(name: string): string {
  if (name.startsWith("libs/")) return join(root, name);
  return name.startsWith("kit/")
    ? join(root, "libs/integration/kit/src", name.slice(4))
    : join(import.meta.dirname, name);
}

describe("docs/venues/bitstamp.md", () => {
  it("says of every rule what honours it and what proves it", () => {
    expect(rows.length).toBeGreaterThan(20);
    for (const row of rows) {
      const cells = row.slice(1, -1).split(" | ");
      expect([row, cells.length, cells[2]?.includes(".spec.ts")]).toEqual([row, 3, true]);
    }
  });

  it("names files and specs that exist", () => {
    const named = [
      ...new Set(rows.flatMap((row) => [...row.matchAll(/`([\w./-]+\.ts)`/g)].map(([, name]) => name!))),
    ];
    const isThere = (name: string) =>
      name.endsWith(".spec.ts") ? specs.has(name) : existsSync(pathOf(name));
    expect(named.filter((name) => !isThere(name))).toEqual([]);
  });
});
