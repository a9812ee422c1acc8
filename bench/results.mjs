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
  writeFileSync(join(folder, `${name}.json`), `${JSON.stringify(report, null, 2)}\n`);
}
