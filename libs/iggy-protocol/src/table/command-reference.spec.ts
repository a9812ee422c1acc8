import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { COMMANDS } from "../command-table.js";
import { renderCommandReference } from "./command-reference.js";

const page = renderCommandReference();

describe("docs/reference/iggy-commands.md", () => {
  it("is what the command table gives (node tools/command-reference.mjs)", () => {
    const path = join(import.meta.dirname, "../../../../docs/reference/iggy-commands.md");
    expect(readFileSync(path, "utf8")).toBe(page);
  });

  it("has one line for every command, with code, operation, permission and retry class", () => {
    for (const { name, code, permission, retry } of Object.values(COMMANDS)) {
      const lines = page.split("\n").filter((line) => line.startsWith(`| \`${name}\` |`));
      expect(lines, name).toHaveLength(1);
      expect(lines[0]).toContain(`| ${code} |`);
      expect(lines[0]).toContain(`| ${permission} | ${retry} |`);
    }
    expect(page).toContain("| `topic.create` | 302 | 132 → 64 * |");
    expect(page).toContain("| `session.login` | 40 | 1 * |");
  });
});
