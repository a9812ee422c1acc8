#!/usr/bin/env node
// Writes docs/reference/client-api.md from the declaration files of ims-client, which it builds first.
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { runnerImport } from "vite";

const workspaceDir = dirname(dirname(fileURLToPath(import.meta.url)));
const compiler = join(workspaceDir, "node_modules/typescript/bin/tsc");
const project = join(workspaceDir, "apps/ims-client/tsconfig.lib.json");
const build = spawnSync(process.execPath, [compiler, "-b", project], { stdio: "inherit" });
if (build.status !== 0) process.exit(1);

const { module } = await runnerImport(join(workspaceDir, "tools/client-reference/index.ts"), {
  root: workspaceDir,
  configFile: false,
  logLevel: "error",
});
const page = join(workspaceDir, "docs/reference/client-api.md");
mkdirSync(dirname(page), { recursive: true });
writeFileSync(page, module.clientReference(workspaceDir));
console.log("docs/reference/client-api.md written");
