#!/usr/bin/env node
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

// In a checkout the sources lie beside this file and are compiled first; an installed package brings dist.
const packageFolder = dirname(dirname(fileURLToPath(import.meta.url)));
const project = join(packageFolder, "tsconfig.lib.json");

if (existsSync(project)) {
  const compiler = join(packageFolder, "../../node_modules/typescript/bin/tsc");
  const build = spawnSync(process.execPath, [compiler, "-b", project], { encoding: "utf8" });
  if (build.status !== 0) {
    process.stderr.write(`${build.stdout ?? ""}${build.stderr ?? ""}`);
    process.stderr.write("ims: the sources do not compile; run npm ci, then npm run build\n");
    process.exit(1);
  }
}

await import("../dist/cli/main.js");
