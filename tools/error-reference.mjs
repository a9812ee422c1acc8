#!/usr/bin/env node
// Writes docs/reference/errors.md from the error tables in the sources; needs no build.
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { runnerImport } from "vite";
import { findErrorTables, renderErrorReference } from "./error-codes/index.mjs";

const workspaceDir = dirname(dirname(fileURLToPath(import.meta.url)));
const page = join(workspaceDir, "docs/reference/errors.md");

const tables = [];
for (const { project, file, exportName } of findErrorTables(workspaceDir)) {
  const { module } = await runnerImport(join(workspaceDir, file), {
    root: workspaceDir,
    configFile: false,
    logLevel: "error",
    environments: { inline: { resolve: { conditions: ["@ims/source"], noExternal: [/^@ims\//] } } },
  });
  tables.push({ project, entries: module[exportName] });
}
mkdirSync(dirname(page), { recursive: true });
writeFileSync(page, renderErrorReference(tables));
const codeCount = tables.reduce((sum, { entries }) => sum + Object.keys(entries).length, 0);
console.log(`docs/reference/errors.md: ${codeCount} codes of ${tables.length} tables`);
