import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { runnerImport } from "vite";
import { writeResults } from "../results.mjs";

const workspaceDir = join(import.meta.dirname, "../..");
const { module } = await runnerImport(
  join(workspaceDir, "libs/wasm-runtime/src/instance/filter-instance.bench.ts"),
  {
    root: workspaceDir,
    configFile: false,
    logLevel: "error",
    environments: { inline: { resolve: { conditions: ["@ims/source"], noExternal: [/^@ims\//] } } },
  },
);
const RECORDS = 4_000_000;
const SWAPS = 200;

const filter = module.benchFilter(RECORDS);
for (const row of filter) {
  const base = filter.find(({ way, copiedOut }) => way === "typescript" && copiedOut === row.copiedOut);
  row.timesTypescript = Math.round((row.nanosPerRecord / base.nanosPerRecord) * 100) / 100;
}
console.log("the filter on a fixed sample of option tickers, one core, by processor time");
console.table(filter);
execFileSync("npx", ["tsc", "-b", "libs/wasm-runtime/tsconfig.lib.json"], { cwd: workspaceDir });
const hosts = join(import.meta.dirname, "hosts.mjs");
const { host, swaps } = JSON.parse(
  execFileSync(process.execPath, [hosts, RECORDS, SWAPS].map(String), { encoding: "utf8" }),
);
console.log("through a worker thread and back, by wall time");
console.table(host);
console.log("a swap of versions: thread, compiling, warming, state, take-over");
console.table(swaps);
writeResults("wasm", {
  mix: "option tickers of 272 octets, about half of them pass",
  records: RECORDS,
  filter,
  host,
  swaps,
});
