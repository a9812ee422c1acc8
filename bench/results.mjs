import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";

function commit() {
  try {
    return execFileSync("git", ["rev-parse", "HEAD"], { encoding: "utf8" }).trim();
  } catch {
    return "unknown";
  }
}

/** Writes `bench/results/NAME.json`: the figures with machine, Node version and commit. */
export function writeResults(name, figures) {
  const folder = join(import.meta.dirname, "results");
  mkdirSync(folder, { recursive: true });
  const report = {
    bench: name,
    date: new Date().toISOString(),
    machine: { cpu: cpus()[0]?.model ?? "unknown", cores: cpus().length, platform: process.platform },
    node: process.version,
    commit: commit(),
    ...figures,
  };
  const file = join(folder, `${name}.json`);
  writeFileSync(file, `${JSON.stringify(report, null, 2)}\n`);
  // As the rest of the tree is written, so that new figures do not fail the lint.
  execFileSync("npx", ["biome", "format", "--write", file], { cwd: join(folder, "../.."), stdio: "ignore" });
}
