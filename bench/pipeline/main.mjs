import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { rawAppends } from "../broker/raw-appends.mjs";
import { writeResults } from "../results.mjs";
import { runPipeline } from "./run-pipeline.mjs";

const PROJECTS = ["libs/integration/binance", "libs/exchange-simulator", "libs/template", "apps/ims-client"];
const TIMES = { warmUpSeconds: 3, seconds: 10 };
const ONE_CLIENT = [{ clientCount: 1 }];
/** Asking for the time costs as much as reading a trade; at full speed latency is that of full buffers anyway. */
const ONE_CLIENT_AT_FULL_SPEED = [{ clientCount: 1, timedEvery: 64 }];
/** A hundred clients in four processes, each with two of the 64 symbols. */
const HUNDRED_CLIENTS = Array.from({ length: 4 }, () => ({ clientCount: 25, symbolsPerClient: 2 }));
const given = process.env.IGGY_URL !== undefined;

const ROWS = [
  { name: "frames in memory to confirmed", source: "memory", broker: "thread" },
  { name: "the same, broker in a process", source: "memory", broker: "process" },
  ...(given ? [{ name: "the same, server of IGGY_URL", source: "memory", broker: "given" }] : []),
  { name: "websocket to confirmed", source: "socket", broker: "thread" },
  ...(given ? [{ name: "the same, server of IGGY_URL", source: "socket", broker: "given" }] : []),
  {
    name: "websocket to a client's callback",
    source: "socket",
    broker: "thread",
    consumers: ONE_CLIENT_AT_FULL_SPEED,
  },
  ...[10_000, 50_000, 100_000].map((rate) => ({
    name: `${rate / 1000},000 a second to a client`,
    source: "socket",
    broker: "thread",
    consumers: ONE_CLIENT,
    rate,
  })),
  {
    name: "50,000 a second, 100 clients",
    source: "socket",
    broker: "thread",
    consumers: HUNDRED_CLIENTS,
    rate: 50_000,
  },
  {
    name: "the same with 16 partitions",
    source: "socket",
    broker: "thread",
    consumers: HUNDRED_CLIENTS,
    rate: 50_000,
    partitionCount: 16,
  },
  {
    name: "1,500 symbols, 10,000 a second",
    source: "socket",
    broker: "thread",
    rate: 10_000,
    symbolCount: 1500,
  },
];

const wanted = process.argv[2];
execFileSync("npx", ["tsc", "-b", ...PROJECTS.map((project) => `${project}/tsconfig.lib.json`)], {
  cwd: join(import.meta.dirname, "../.."),
  stdio: "inherit",
});
// The first use of memory by the page cache costs many times what later ones do, on virtual machines above all.
const folder = mkdtempSync(join(tmpdir(), "bench-pipeline-"));
rawAppends(folder, 2 ** 20, 3 * 1024, false);
rmSync(folder, { recursive: true });
const thousands = (value) => Math.round(value).toLocaleString("en");
const megabytes = (bytes) => Math.round(bytes / 1e6);
const HEADS = ["confirmed/s", "MB/s", "callbacks/s", "p50 ms", "p99 ms", "p99.9 ms", "ready ms", "RSS MB"];
console.log("trades of Binance spot, from the venue's frame to the broker and to clients in other processes");
console.log(
  `${"".padEnd(34)}${HEADS.map((head) => head.padStart(12)).join("")}   cores: service, venue, clients`,
);
const rows = [];
for (const row of ROWS) {
  if (wanted !== undefined && !row.name.includes(wanted)) continue;
  const result = await runPipeline({ ...TIMES, ...row });
  const worst = (key) => Math.max(...result.latency.map((of) => of[key]));
  const latency =
    result.latency.length > 0 ? ["p50", "p99", "p999"].map((key) => worst(key).toFixed(2)) : ["", "", ""];
  const cells = [
    thousands(result.confirmedPerSecond),
    (result.bytesPerSecond / 1e6).toFixed(0),
    result.callbacksPerSecond > 0 ? thousands(result.callbacksPerSecond) : "",
    ...latency,
    Math.round(result.readyMillis),
    megabytes(result.serviceRssBytes),
  ];
  const cores = [
    result.serviceCores.toFixed(2),
    result.venueCores?.toFixed(2) ?? "",
    result.readerCores.map((value) => value.toFixed(2)).join(" "),
  ];
  console.log(
    `${row.name.padEnd(34)}${cells.map((cell) => String(cell).padStart(12)).join("")}   ${cores.join(", ")}`,
  );
  const { recordsDropped = 0, recordsShed = 0 } = result.status.counters ?? {};
  const faults = { disorder: result.disorderCount, dropped: recordsDropped, shed: recordsShed };
  for (const [fault, count] of Object.entries(faults)) {
    if (count > 0) console.log(`  ${fault}: ${count}`);
    if (count > 0) process.exitCode = 1;
  }
  rows.push({ ...row, ...result });
}
if (wanted === undefined) {
  writeResults("pipeline", {
    mix: "trades of 64 symbols in turn, frames of about 200 octets, records of 136 octets; ids and checksums included",
    latency:
      "from the venue's time in the frame, stamped when it is written to the socket, to the client's callback; one clock",
    rows,
  });
}
