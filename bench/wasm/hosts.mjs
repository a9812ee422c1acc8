import { join } from "node:path";
import { runnerImport } from "vite";

// Threads of modules as services run them: in a process of its own, without the flags of bench/run.mjs, whose large young
// generation every new thread would have to reserve. Prints one line of JSON.

const workspaceDir = join(import.meta.dirname, "../..");
const { module } = await runnerImport(join(workspaceDir, "libs/wasm-runtime/src/host/filter-host.bench.ts"), {
  root: workspaceDir,
  configFile: false,
  logLevel: "error",
  environments: { inline: { resolve: { conditions: ["@ims/source"], noExternal: [/^@ims\//] } } },
});
const [records, swaps] = process.argv.slice(2).map(Number);
const host = await module.benchHost(records);
console.log(JSON.stringify({ host, swaps: await module.benchSwap(swaps) }));
