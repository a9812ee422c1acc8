#!/usr/bin/env node
// Writes assembly/generated from the SBE schema; needs no build.
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { runnerImport } from "vite";

const here = dirname(fileURLToPath(import.meta.url));
const workspaceDir = join(here, "../../..");
const { module } = await runnerImport(join(here, "generate.ts"), {
  root: workspaceDir,
  configFile: false,
  logLevel: "error",
  environments: { inline: { resolve: { conditions: ["@ims/source"], noExternal: ["sbe-schema-ts"] } } },
});
module.writeAccessors(join(workspaceDir, "libs/sbe/schema/ims-v2.xml"), join(here, "../assembly/generated"));
