import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { schemaReference } from "./schema-reference/index.js";

const workspaceDir = dirname(import.meta.dirname);
const source = "libs/sbe/schema/ims-v2.xml";
const page = schemaReference(join(workspaceDir, source), source);

function section(title: string): string {
  const start = page.indexOf(`\n### ${title}\n`);
  return page.slice(start, page.indexOf("\n##", start + 5));
}

describe("docs/formats/ims-schema.md", () => {
  it("is what the schema gives (node tools/schema-reference.mjs)", () => {
    expect(readFileSync(join(workspaceDir, "docs/formats/ims-schema.md"), "utf8")).toBe(page);
  });

  it("has places, types, nulls and meanings of fields", () => {
    expect(section("Trade")).toContain("\nTemplate 210, block of 120 octets. One trade,");
    expect(section("Trade")).toContain(
      "\n| 0 | 8 | eventTime | int64 | −2^63 | venue's event time; null if the venue gives none |\n",
    );
    expect(section("Trade")).toContain(
      "\n| 112 | 1 | aggressor | [AggressorSide](#aggressorside) | 255 | who took liquidity |\n",
    );
    expect(section("OptionTicker")).toContain("| 192 | 8 | markIv | double | NaN |");
  });

  it("has groups with their entries, and data with their bounds", () => {
    expect(section("BookDelta")).toMatch(
      /\nGroup `bids`: bids that changed\. Dimension `groupSizeEncoding` of 8 octets .*, then entries of 16 octets:\n/,
    );
    expect(section("BookDelta")).toContain(
      "\n| 8 | 8 | quantity | int64 |  | quantity at it; 0 removes the level |\n",
    );
    expect(section("RequestRefused")).toContain(
      "\nData `text`: why, and what to do. Length `uint16`, at most 1024 octets of UTF-8.\n",
    );
  });

  it("links every message and type that it names to its section", () => {
    const anchors = new Set(
      [...page.matchAll(/^#+ (\w+)$/gm)].map(([, title]) => `#${title!.toLowerCase()}`),
    );
    const links = [...page.matchAll(/\]\((#\w+)\)/g)].map(([, link]) => link!);
    expect(links.length).toBeGreaterThan(100);
    expect(links.filter((link) => !anchors.has(link))).toEqual([]);
  });
});
