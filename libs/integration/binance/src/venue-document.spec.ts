import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "../../../..");
const common = join(import.meta.dirname, "common");
const text = readFileSync(join(root, "docs/venues/binance.md"), "utf8");

/** Where specs that prove a rule may stand. */
const specs = new Set(
  ["libs/integration", "libs/exchange-simulator/src", "libs/order-book/src", "apps/e2e/src"].flatMap(
    (folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
        .filter((file) => file.endsWith(".spec.ts") && !file.includes("node_modules"))
        .map((file) => basename(file)),
  ),
);

/** Files and folders that the tables name. */
const named = [
  ...new Set(
    text
      .split("\n")
      .filter((line) => line.startsWith("|"))
      .flatMap((line) => [...line.matchAll(/`([\w./-]+)`/g)].map(([, name]) => name!))
      .filter((name) => name.endsWith(".ts") || /^(?:libs|kit)\//.test(name)),
  ),
];

function pathOf(name: string): string {
  if (name.startsWith("libs/")) return join(root, name);
  return name.startsWith("kit/") ? join(root, "libs/integration/kit/src", name.slice(4)) : join(common, name);
}

describe("docs/venues/binance.md", () => {
  it("names files that exist, and specs that prove each rule", () => {
    expect(named.length).toBeGreaterThan(60);
    const isThere = (name: string) =>
      name.endsWith(".spec.ts") && !name.includes("/") ? specs.has(name) : existsSync(pathOf(name));
    expect(named.filter((name) => !isThere(name))).toEqual([]);
  });

  it("says of every rule what honours it and what proves it", () => {
    const tables = text.slice(text.indexOf("## Rules of the venue")).split(/^### /m).slice(1);
    for (const table of tables) {
      const rows = table.split("\n").filter((line) => line.startsWith("| "));
      for (const row of rows.slice(1)) {
        const cells = row.slice(1, -1).split(" | ");
        expect([row, cells.length, cells[2]?.includes(".spec.ts")]).toEqual([row, 3, true]);
      }
    }
  });
});
