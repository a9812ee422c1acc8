import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";

// `node bench/run.mjs NAME… `: runs bench/NAME/main.mjs for each name in turn, each in a process of its own, with room
// for its garbage. A word that is no bench is an argument of the bench before it.

const mainOf = (name) => join(import.meta.dirname, name, "main.mjs");
const isBench = (word) => /^[a-z-]+$/.test(word) && existsSync(mainOf(word));

const runs = [];
for (const word of process.argv.slice(2)) {
  if (isBench(word)) runs.push({ name: word, args: [] });
  else if (runs.length > 0) runs.at(-1).args.push(word);
  else runs.push({ name: word, args: [], isUnknown: true });
}
const unknown = runs.length === 0 ? "" : runs.find(({ isUnknown }) => isUnknown)?.name;
if (unknown !== undefined) {
  process.stderr.write(
    `there is no bench "${unknown}": give the names of folders of bench/ that have a main.mjs\n`,
  );
  process.exit(2);
}
// A young generation that holds a whole measurement: what it grows by is what was allocated.
const flags = ["--expose-gc", "--max-semi-space-size=512", "--min-semi-space-size=512"];
let worst = 0;
for (const { name, args } of runs) {
  if (runs.length > 1) console.log(`\n${name}`);
  const { status } = spawnSync(process.execPath, [...flags, mainOf(name), ...args], { stdio: "inherit" });
  worst ||= status ?? 1;
}
process.exit(worst);
