#!/usr/bin/env node
// Writes docs/formats/ims-schema.md from the schema; needs no build.
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { runnerImport } from "vite";

const workspaceDir = dirname(dirname(fileURLToPath(import.meta.url)));
const source = "libs/sbe/schema/ims-v2.xml";
const page = join(workspaceDir, "docs/formats/ims-schema.md");

const { module } = await runnerImport(join(workspaceDir, "tools/schema-reference/index.ts"), {
  root: workspaceDir,
  configFile: false,
  logLevel: "error",
  environments: { inline: { resolve: { conditions: ["@ims/source"], noExternal: ["sbe-schema-ts"] } } },
});
mkdirSync(dirname(page), { recursive: true });
writeFileSync(page, module.schemaReference(join(workspaceDir, source), source));
console.log("docs/formats/ims-schema.md written");
