#!/usr/bin/env node
// Writes docs/reference/iggy-commands.md from the command table of libs/iggy-protocol; needs no build.
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { runnerImport } from "vite";

const workspaceDir = dirname(dirname(fileURLToPath(import.meta.url)));
const source = join(workspaceDir, "libs/iggy-protocol/src/table/command-reference.ts");
const page = join(workspaceDir, "docs/reference/iggy-commands.md");

const { module } = await runnerImport(source, {
  root: workspaceDir,
  configFile: false,
  logLevel: "error",
  environments: { inline: { resolve: { conditions: ["@ims/source"], noExternal: [/^@ims\//] } } },
});
mkdirSync(dirname(page), { recursive: true });
writeFileSync(page, module.renderCommandReference());
console.log("docs/reference/iggy-commands.md is written");
