export { checkEdges, LAYER_IMPORTS } from "./check-edges.mjs";
export { checkImports } from "./check-imports.mjs";
export { checkReferences } from "./check-references.mjs";
export { importsOf, packageOf } from "./imports.mjs";
export { loadWorkspace } from "./load-workspace.mjs";
export { parseProjectTable } from "./project-table.mjs";
