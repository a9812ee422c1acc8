import { execFile, execFileSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { newVenue } from "./new-venue.mjs";

const ROOT = join(import.meta.dirname, "../..");
const run = promisify(execFile);
let workspace: string;

/** Modules are known by where they are linked, so that the links here see each other and not the originals. */
const CONFIG = `
import { defineConfig } from "vitest/config";
export default defineConfig({
  resolve: { preserveSymlinks: true },
  ssr: { resolve: { conditions: ["@ims/source"] } },
  test: { include: ["libs/**/src/**/*.spec.ts"], pool: "threads" },
});
`;

/** A workspace of links to the projects here, but for what the generator changes. */
beforeEach(() => {
  workspace = mkdtempSync(join(tmpdir(), "ims-new-venue-"));
  for (const folder of ["libs/integration", "apps", "docs", "node_modules/@ims"]) {
    mkdirSync(join(workspace, folder), { recursive: true });
  }
  const copied = [
    "libs/common",
    "docs/architecture.md",
    "tsconfig.json",
    "tsconfig.base.json",
    "package.json",
  ];
  const isSource = (path: string) => !path.endsWith("/dist");
  for (const path of copied) {
    cpSync(join(ROOT, path), join(workspace, path), { recursive: true, filter: isSource });
  }
  for (const folder of ["libs", "libs/integration", "apps", "node_modules"]) {
    for (const name of readdirSync(join(ROOT, folder))) {
      const path = join(folder, name);
      if (existsSync(join(workspace, path))) continue;
      symlinkSync(join(ROOT, path), join(workspace, path));
    }
  }
  for (const name of readdirSync(join(ROOT, "node_modules/@ims"))) {
    const project = relative(ROOT, realpathSync(join(ROOT, "node_modules/@ims", name)));
    symlinkSync(join(workspace, project), join(workspace, "node_modules/@ims", name));
  }
  writeFileSync(join(workspace, "vitest.config.ts"), CONFIG);
});
afterEach(() => rmSync(workspace, { recursive: true, force: true }));

async function generate(name: string, title: string): Promise<readonly string[]> {
  return newVenue(workspace, name, title);
}

const read = (path: string) => readFileSync(join(workspace, path), "utf8");

describe("npm run new:venue", () => {
  it("makes a plugin and a service, and tests that pass", async () => {
    const changed = await generate("acme", "Acme Exchange");
    expect(changed).toEqual(
      expect.arrayContaining([
        "libs/integration/acme/src/index.ts",
        "libs/integration/acme/src/acme-integration.spec.ts",
        "apps/acme/src/main.ts",
        "libs/common/src/ids/exchange.ts",
        "docs/architecture.md",
        "tsconfig.json",
      ]),
    );
    expect(read("libs/common/src/ids/exchange.ts")).toMatch(/\n {2}Acme: 14,\n\} as const;/);
    expect(read("docs/architecture.md")).toMatch(
      /\| venue \| `libs\/integration\/acme` \| the plugin of Acme Exchange \| common, traits, integration-kit \|/,
    );
    for (const path of changed) expect(read(path)).not.toMatch(/__\w+__/);
    symlinkSync(
      join(workspace, "libs/integration/acme"),
      join(workspace, "node_modules/@ims/integration-acme"),
    );
    const vitest = join(ROOT, "node_modules/vitest/vitest.mjs");
    const { stdout } = await run(
      process.execPath,
      [vitest, "run", "--root", workspace, "libs/integration/acme", "--reporter=json"],
      { cwd: workspace, maxBuffer: 16 * 1024 * 1024 },
    );
    const report = JSON.parse(stdout) as { numPassedTests: number; numFailedTests: number };
    expect(report.numFailedTests).toBe(0);
    expect(report.numPassedTests).toBeGreaterThan(10);
  }, 60_000);

  it("refuses names that are taken or cannot be used, and then changes nothing", async () => {
    const before = read("tsconfig.json");
    for (const name of ["binance", "binance-spot", "Acme", "a", "", "../x", "9lives"]) {
      await expect(generate(name, "x")).rejects.toThrow(/name/);
    }
    // It stands in the list of exchanges as BinanceSpot.
    await expect(generate("binancespot", "x")).rejects.toThrow(/spelt in another way/);
    for (const title of ['Acme "One"', "Acme $1", "A | B", "`", "*/", "\n", " ", ""]) {
      await expect(generate("acme", title)).rejects.toThrow(/title/);
    }
    expect(read("tsconfig.json")).toBe(before);
    for (const name of ["binancespot", "acme"]) {
      expect(existsSync(join(workspace, "libs/integration", name)), name).toBe(false);
    }
    const command = join(dirname(import.meta.filename), "new-venue.mjs");
    const attempt = () => execFileSync(process.execPath, [command, "Acme"], { stdio: "pipe" });
    expect(attempt).toThrow(/lower-case letters/);
  });

  it("gives a reserved exchange its own number", async () => {
    await generate("kraken", "Kraken");
    expect(read("libs/common/src/ids/exchange.ts")).toBe(
      readFileSync(join(ROOT, "libs/common/src/ids/exchange.ts"), "utf8"),
    );
  });
});
