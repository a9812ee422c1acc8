#!/usr/bin/env node
// Fails when a project imports what its layer, the table in docs/architecture.md, its package.json or its
// tsconfig.lib.json does not allow. One line per violation: the file, the import, and what to do.
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  checkEdges,
  checkImports,
  checkReferences,
  loadWorkspace,
  parseProjectTable,
} from "./project-graph/index.mjs";

const workspaceDir = dirname(dirname(fileURLToPath(import.meta.url)));
const workspace = loadWorkspace(workspaceDir);
const table = parseProjectTable(readFileSync(join(workspaceDir, "docs/architecture.md"), "utf8"));
const violations = [
  ...checkEdges(workspace, table),
  ...checkImports(workspace),
  ...checkReferences(workspace),
];
for (const violation of violations) console.error(violation);
if (violations.length > 0) {
  console.error(`${violations.length} violation${violations.length === 1 ? "" : "s"} of the project graph`);
  process.exitCode = 1;
} else {
  console.log(
    `Project graph: ${workspace.projects.length} projects, ${workspace.edges.length} edges, all allowed`,
  );
}
