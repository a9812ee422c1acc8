import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { workspaceRoot } from "./support/child.js";

const read = (path: string) => readFileSync(join(workspaceRoot, path), "utf8");

/** Those that people write; `docs/reference` is generated and compared with its sources. */
const DOCUMENTS: readonly string[] = [
  "README.md",
  "CONTRIBUTING.md",
  "CHANGELOG.md",
  ...readdirSync(join(workspaceRoot, "docs"), { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".md") && !/^(?:reference|formats)\//.test(path))
    .map((path) => `docs/${path}`),
  ...["apps", "libs", "libs/integration"].flatMap((folder) =>
    readdirSync(join(workspaceRoot, folder))
      .map((name) => `${folder}/${name}/README.md`)
      .filter((path) => existsSync(join(workspaceRoot, path))),
  ),
];

describe("README", () => {
  it("has the three-line consumer on its first screen", () => {
    const firstScreen = read("README.md").split("\n").slice(0, 25).join("\n");
    expect(firstScreen).toContain(`\n${read("examples/print-trades.mjs")}\`\`\``);
  });

  it("names only commands and variables that exist", () => {
    const text = read("README.md");
    const projects = [...text.matchAll(/nx run ([a-z-]+):serve/g)].map(([, name]) => name);
    for (const name of projects) {
      const found = ["apps", "libs"].some((folder) =>
        existsSync(join(workspaceRoot, folder, name!, "package.json")),
      );
      expect(found, name).toBe(true);
    }
    const { scripts } = JSON.parse(read("package.json"));
    for (const [, script] of text.matchAll(/npm (start|test|run [a-z]+)/g)) {
      expect(scripts).toHaveProperty(script!.replace("run ", ""));
    }
  });
});

describe("documents", () => {
  it("link only to files that exist", () => {
    for (const document of DOCUMENTS) {
      const folder = join(workspaceRoot, document, "..");
      for (const [, target] of read(document).matchAll(/\]\((?!https?:)([^)#]+)/g)) {
        expect(existsSync(join(folder, target!)), `${document}: ${target}`).toBe(true);
      }
    }
  });

  it("name only files and folders that exist", () => {
    for (const document of DOCUMENTS) {
      for (const [, path] of read(document).matchAll(
        /`((?:apps|bench|docs|examples|libs|tools)\/[\w./-]+)`/g,
      )) {
        // What the example of new:venue makes.
        if (/^(?:apps|libs\/integration)\/acme$/.test(path!)) continue;
        expect(existsSync(join(workspaceRoot, path!)), `${document}: ${path}`).toBe(true);
      }
    }
  });

  it("follow one trade through files that exist", () => {
    const path = read("docs/architecture.md").split("## The path of one trade")[1]!.split("\n## ")[0]!;
    const files = [...path.matchAll(/`((?:libs|apps)\/[^`]+\.ts)`/g)].map(([, file]) => file!);
    expect(files.length).toBeGreaterThan(12);
    for (const file of files) expect(existsSync(join(workspaceRoot, file)), file).toBe(true);
  });
});

describe("examples", () => {
  // Folders are examples in other languages, each with a README and a test of its own.
  const files = readdirSync(join(workspaceRoot, "examples"))
    .filter((name) => name.endsWith(".mjs"))
    .sort();
  const shown = ["README.md", "apps/ims-client/README.md"].flatMap((document) =>
    [...read(document).matchAll(/<!-- example: examples\/(\S+) -->\n```js\n([\s\S]*?)```/g)].map(
      ([, file, code]) => ({ file: file!, code: code! }),
    ),
  );

  it("are shown exactly as the files that client-examples.spec.ts runs, each of them", () => {
    expect([...new Set(shown.map(({ file }) => file))].sort()).toEqual(files);
    for (const { file, code } of shown) expect(code, file).toBe(read(`examples/${file}`));
  });
});
