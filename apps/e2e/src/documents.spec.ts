import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { Child, workspaceRoot } from "./support/child.js";
import { startMarketRun } from "./support/market-run.js";

const read = (path: string) => readFileSync(join(workspaceRoot, path), "utf8");

describe("README", () => {
  it("shows each example exactly as the file that is run", () => {
    const examples = [...read("README.md").matchAll(/<!-- example: (\S+) -->\n```js\n([\s\S]*?)```/g)];
    expect(examples.map(([, file]) => file)).toEqual(
      readdirSync(join(workspaceRoot, "examples")).map((name) => `examples/${name}`),
    );
    for (const [, file, code] of examples) expect(code).toBe(read(file!));
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
    const documents = ["README.md", "CONTRIBUTING.md", "docs/architecture.md"];
    for (const document of documents) {
      const folder = join(workspaceRoot, document, "..");
      for (const [, target] of read(document).matchAll(/\]\((?!https?:)([^)#]+)/g)) {
        expect(existsSync(join(folder, target!)), `${document}: ${target}`).toBe(true);
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
  it("print trades", { timeout: 60_000 }, async () => {
    const run = await startMarketRun("spot", { kind: "synthetic", seed: 21, tradesPerSecond: 200 });
    const child = Child.node("examples/print-trades.mjs", [], { IGGY_URL: run.brokerUrl });
    try {
      await child.printed(/^(BTCUSDT|ETHUSDT) \d+(\.\d+)? \d+(\.\d+)? (buyer|seller)$/m);
    } finally {
      child.kill("SIGKILL");
      await child.exited;
      await run.close();
    }
  });
});
