import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { writeResults } from "../results.mjs";
import { buildCodecs } from "./build.mjs";
import { compareWithJava } from "./java.mjs";
import { MESSAGE_COUNT } from "./measure.mjs";

const VARIANTS = ["generated", "hand", "bulk", "bulkHand", "text", "json", "protobuf"];
/** Processes of one measurement: what the compiler takes into what is decided by a race, so one may have bad luck. */
const PROCESSES = 5;
const worker = join(import.meta.dirname, "worker.mjs");

/**
 * The measurement in the middle of several. Each has a process of its own: what the compiler learnt of one variant does
 * not bend another.
 */
function measured(folder, message, direction, variant) {
  const args = [...process.execArgv, worker, folder, message, direction, variant];
  const results = [];
  for (let run = 0; run < PROCESSES; run++) {
    const result = JSON.parse(execFileSync(process.execPath, args, { encoding: "utf8" }));
    if (result === null) return null;
    results.push(result);
  }
  results.sort((a, b) => a.nanos - b.nanos);
  const middle = results[PROCESSES >> 1];
  return { ...middle, nanosLeast: results[0].nanos, nanosMost: results.at(-1).nanos };
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
const heads = [...VARIANTS, "gen/hand", "bulk/bulkHand", "json/best", "protobuf/best"];
console.log("ns per message (bytes allocated), and how many times as long one takes as another");
console.log(`${"".padEnd(17)}${heads.map((name) => name.padStart(14)).join("")}`);
for (const row of rows) {
  const { message, direction, generated, hand, bulk, bulkHand, text, json, protobuf } = row;
  // What takes and gives the same as JSON and protobuf: strings, where a message has any beside its symbol.
  const best = [generated, text ?? bulk].sort((a, b) => a.nanos - b.nanos)[0];
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

const mix = `${MESSAGE_COUNT} messages of each kind in turn; BookDelta 10 bids and 10 asks; Car 3 and 2 x 3 entries; text: values with strings instead of octets; the middle of ${PROCESSES} processes each`;
writeResults("sbe", { mix, rows, java });
