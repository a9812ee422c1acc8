import { join } from "node:path";
import { runnerImport } from "vite";
import { writeResults } from "../results.mjs";

const workspaceDir = join(import.meta.dirname, "../..");
const file = join(workspaceDir, "libs/aggregation/src/engine/average-engine.bench.ts");
const { module } = await runnerImport(file, {
  root: workspaceDir,
  configFile: false,
  logLevel: "error",
  environments: { inline: { resolve: { conditions: ["@ims/source"], noExternal: [/^@ims\//] } } },
});
const figures = module.benchAggregation(1_000_000);
console.table(figures);
writeResults("aggregate", { figures });
