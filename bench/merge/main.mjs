import { join } from "node:path";
import { runnerImport } from "vite";
import { writeResults } from "../results.mjs";

const workspaceDir = join(import.meta.dirname, "../..");
const file = join(workspaceDir, "libs/book-merge/src/merged-book.bench.ts");
const { module } = await runnerImport(file, {
  root: workspaceDir,
  configFile: false,
  logLevel: "error",
  environments: { inline: { resolve: { conditions: ["@ims/source"], noExternal: [/^@ims\//] } } },
});
const figures = module.benchMerge(400_000);
console.table(figures);
writeResults("merge", {
  mix: "3 venues of 1,000 levels a side, depth 20, merged after every change",
  figures,
});
