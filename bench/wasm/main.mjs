import { join } from "node:path";
import { runnerImport } from "vite";
import { writeResults } from "../results.mjs";

const workspaceDir = join(import.meta.dirname, "../..");
const load = async (file) =>
  (
    await runnerImport(join(workspaceDir, file), {
      root: workspaceDir,
      configFile: false,
      logLevel: "error",
      environments: { inline: { resolve: { conditions: ["@ims/source"], noExternal: [/^@ims\//] } } },
    })
  ).module;

const { benchFilter } = await load("libs/wasm-runtime/src/instance/filter-instance.bench.ts");
const { benchHost, benchSwap } = await load("libs/wasm-runtime/src/host/filter-host.bench.ts");
const RECORDS = 4_000_000;
const SWAPS = 200;

const filter = benchFilter(RECORDS).map((row) => ({
  ...row,
  timesTypescript: undefined,
}));
for (const row of filter) {
  const base = filter.find(({ way, copiedOut }) => way === "typescript" && copiedOut === row.copiedOut);
  row.timesTypescript = Math.round((row.nanosPerRecord / base.nanosPerRecord) * 100) / 100;
}
console.log("the filter on a fixed sample of option tickers, one core, by processor time");
console.table(filter);
const host = await benchHost(RECORDS);
console.log("through a worker thread and back, by wall time");
console.table(host);
const swaps = await benchSwap(SWAPS);
console.log("a swap of versions: thread, compiling, warming, state, take-over");
console.table(swaps);
writeResults("wasm", {
  mix: "option tickers of 272 octets, about half of them pass",
  records: RECORDS,
  filter,
  host,
  swaps,
});
