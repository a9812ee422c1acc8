import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { writeResults } from "../results.mjs";
import { runScale } from "./run-scale.mjs";

/** Of the market: about 100,000 messages a second, trades and tops together. */
const BUSY = { seed: 7, tradesPerSecond: 65_000, bookUpdatesPerOrder: 1 };
const TIMES = { warmUpSeconds: 4, seconds: 20 };
const ROWS = [
  { ...BUSY, ...TIMES, symbols: 1500 },
  { ...BUSY, ...TIMES, symbols: 2900 },
  { ...BUSY, ...TIMES, symbols: 1500, wholeSystem: true },
];
const PROJECTS = ["libs/integration/binance", "libs/exchange-simulator", "libs/template", "apps/ims-client"];

/** `--short JSON`: one run of the given market as it was built last; prints its figures as JSON and stores nothing. */
const [option, text] = process.argv.slice(2);
if (option === "--short") {
  const figures = await runScale(JSON.parse(text));
  process.stdout.write(`${JSON.stringify(figures)}\n`);
  process.exit(figures.faults.length > 0 ? 1 : 0);
}

execFileSync("npx", ["tsc", "-b", ...PROJECTS.map((project) => `${project}/tsconfig.lib.json`)], {
  cwd: join(import.meta.dirname, "../.."),
  stdio: "inherit",
});
const COLUMNS = [
  "symbols",
  "messages/s",
  "missing",
  "p50 ms",
  "p99 ms",
  "p99.9 ms",
  "max ms",
  "cores",
  "RSS MB",
];
const megabytes = (bytes) => Math.round(bytes / 1e6);
console.log(
  "trades and tops of all symbols of a simulated market, which is a process of its own, to a counter",
);
console.log(
  `${"to".padEnd(8)}${COLUMNS.map((title) => title.padStart(11)).join("")}   other processes, cores`,
);
const rows = [];
for (const settings of ROWS) {
  const row = await runScale(settings);
  const { cores, faults, lagMillis, recordsPerSecond, rssBytesMax, service, symbols, venueCores } = row;
  const cells = [
    symbols,
    Math.round(recordsPerSecond),
    faults.length,
    lagMillis[50],
    lagMillis[99],
    lagMillis[99.9],
    lagMillis[100],
    cores.toFixed(2),
    megabytes(rssBytesMax),
  ];
  const others = [`market ${venueCores.toFixed(2)}`];
  if (service)
    others.push(`service with broker ${service.cores.toFixed(2)}, ${megabytes(service.rssBytesMax)} MB`);
  console.log(
    `${(service ? "client" : "sink").padEnd(8)}${cells.map((cell) => String(cell).padStart(11)).join("")}   ${others.join("; ")}`,
  );
  for (const fault of faults.slice(0, 10)) console.log(`  ${fault}`);
  rows.push({ settings, ...row, faults: faults.slice(0, 100) });
  if (faults.length > 0) process.exitCode = 1;
}
writeResults("binance-scale", {
  mix: "trades and top of book of every symbol of a synthetic spot market; a few symbols have most of the messages",
  rows,
});
