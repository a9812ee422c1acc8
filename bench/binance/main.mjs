import { execFile, execFileSync } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { writeResults } from "../results.mjs";
import { DEPTH_LEVELS, FRAME_COUNT, KINDS } from "./frames.mjs";

const ROOT = join(import.meta.dirname, "../..");
const PROCESSES = 3;
const VARIANTS = ["walk", "json", "exact"];
const FLAGS = ["--expose-gc", "--max-semi-space-size=512", "--min-semi-space-size=512"];
const run = promisify(execFile);

execFileSync("npx", ["tsc", "-b", "libs/integration/binance/tsconfig.lib.json"], {
  cwd: ROOT,
  stdio: "inherit",
});

/** The middle one of several processes, by its rate. */
async function measured(kind, variant) {
  const worker = join(import.meta.dirname, "worker.mjs");
  const results = [];
  for (let index = 0; index < PROCESSES; index++) {
    const { stdout } = await run(process.execPath, [...FLAGS, worker, kind, variant]);
    results.push(JSON.parse(stdout));
  }
  results.sort((a, b) => a.rate - b.rate);
  const middle = results[PROCESSES >> 1];
  return { ...middle, least: results[0].rate, most: results[PROCESSES - 1].rate };
}

const million = (rate) => (rate / 1e6).toFixed(3).padStart(9);
const times = (a, b) => `${(a / b).toFixed(1)} x`.padStart(9);
const rows = [];
console.log("million frames/s on one core, to sink calls; depth: to the order book");
console.log(
  `${"channel".padEnd(20)}${"frames".padEnd(11)}${"bytes".padStart(6)}${"walk".padStart(9)}${"JSON".padStart(9)}${"+ exact".padStart(9)}${"to JSON".padStart(9)}${"to exact".padStart(9)}${"B/frame".padStart(9)}`,
);
for (const kind of KINDS) {
  const row = { kind };
  for (const variant of VARIANTS) row[variant] = await measured(kind, variant);
  const { exact, json, walk } = row;
  console.log(
    `${kind.padEnd(20)}${walk.origin.padEnd(11)}${String(walk.frameBytes).padStart(6)}${million(walk.rate)}${million(json.rate)}${million(exact.rate)}${times(walk.rate, json.rate)}${times(walk.rate, exact.rate)}${String(walk.bytes).padStart(9)}`,
  );
  rows.push(row);
}
writeResults("binance", {
  mix: `${FRAME_COUNT} frames of a kind in turn, of one instrument; depth: ${DEPTH_LEVELS} bids and ${DEPTH_LEVELS} asks, a quarter of them removals`,
  rows,
});
