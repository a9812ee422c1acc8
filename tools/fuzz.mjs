#!/usr/bin/env node
// Runs the fuzz run of a library: npm run fuzz -- sbe --inputs 10000000 --seed 1
import { spawnSync } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const workspaceDir = dirname(dirname(fileURLToPath(import.meta.url)));

/** Library to the module that has `runFuzzCommand`, built by its own project. */
const TARGETS = {
  sbe: { project: "libs/sbe/tsconfig.lib.json", module: "libs/sbe/dist/fuzz/fuzz-command.js" },
};

const [name, ...args] = process.argv.slice(2);
const target = Object.hasOwn(TARGETS, name ?? "") ? TARGETS[name] : undefined;
if (target === undefined) {
  process.stderr.write(
    `Name what to fuzz: ${Object.keys(TARGETS).join(", ")}. For example: npm run fuzz -- sbe\n`,
  );
  process.exitCode = 2;
} else {
  const tsc = join(workspaceDir, "node_modules/.bin/tsc");
  const build = spawnSync(tsc, ["-b", target.project], { cwd: workspaceDir, stdio: "inherit" });
  if (build.status !== 0) process.exitCode = build.status ?? 1;
  else {
    const { runFuzzCommand } = await import(join(workspaceDir, target.module));
    process.exitCode = runFuzzCommand(args, (text) => process.stdout.write(text));
  }
}
