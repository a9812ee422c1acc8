import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { buildCodecs } from "./build.mjs";
import { compareWithJava } from "./java.mjs";
import { MESSAGE_COUNT } from "./measure.mjs";

const VARIANTS = ["generated", "hand", "bulk", "bulkHand", "json", "protobuf"];
const worker = join(import.meta.dirname, "worker.mjs");

/** Every measurement has a process of its own: what the compiler learnt of one variant does not bend another. */
function measured(folder, message, direction, variant) {
  const args = [...process.execArgv, worker, folder, message, direction, variant];
  return JSON.parse(execFileSync(process.execPath, args, { encoding: "utf8" }));
}

const folder = buildCodecs();
const rows = [];
let java;
try {
  for (const message of ["Trade", "Bar", "BookDelta", "Car"]) {
    for (const direction of ["encode", "decode"]) {
      const row = { message, direction };
      for (const variant of VARIANTS) {
        const result = measured(folder, message, direction, variant);
        if (result) row[variant] = result;
      }
      rows.push(row);
    }
  }
  if (process.argv.includes("--java")) java = await compareWithJava(folder, rows);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

const number = (value, digits = 1) => (value === undefined ? "–" : value.toFixed(digits));
const cell = (result) => (result ? `${number(result.nanos)} (${result.bytes})` : "–").padStart(14);
const ratio = (result, other) => number(result && other && result.nanos / other.nanos, 2).padStart(6);
console.log("ns per message (bytes allocated), and how many times as long one takes as another");
console.log(
  `${"".padEnd(17)}${[...VARIANTS, "gen/hand", "bulk/bulkHand", "json/best", "protobuf/best"].map((name) => name.padStart(14)).join("")}`,
);
for (const row of rows) {
  const { message, direction, generated, hand, bulk, bulkHand, json, protobuf } = row;
  const best = bulk && bulk.nanos < generated.nanos ? bulk : generated;
  const ratios = [
    [generated, hand],
    [bulk, bulkHand],
    [json, best],
    [protobuf, best],
  ].map(([one, other]) => ratio(one, other).padStart(14));
  console.log(
    `${message} ${direction}`.padEnd(17) + VARIANTS.map((name) => cell(row[name])).join("") + ratios.join(""),
  );
}

function commit() {
  try {
    return execFileSync("git", ["rev-parse", "HEAD"], { encoding: "utf8" }).trim();
  } catch {
    return "unknown";
  }
}

const results = join(import.meta.dirname, "../results");
mkdirSync(results, { recursive: true });
const machine = { cpu: cpus()[0]?.model ?? "unknown", cores: cpus().length, platform: process.platform };
const mix = `${MESSAGE_COUNT} messages of each kind in turn; BookDelta 10 bids and 10 asks; Car 3 and 2 x 3 entries`;
const report = {
  bench: "sbe",
  date: new Date().toISOString(),
  machine,
  node: process.version,
  commit: commit(),
  mix,
  rows,
  java,
};
writeFileSync(join(results, "sbe.json"), `${JSON.stringify(report, null, 2)}\n`);
