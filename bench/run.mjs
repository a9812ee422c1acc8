import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";

/** `node bench/run.mjs NAME`: runs bench/NAME/main.mjs in a process of its own, with room for its garbage. */
const name = process.argv[2] ?? "";
const main = join(import.meta.dirname, name, "main.mjs");
if (!/^[a-z-]+$/.test(name) || !existsSync(main)) {
  process.stderr.write(
    `there is no bench "${name}": give the name of a folder of bench/ that has a main.mjs\n`,
  );
  process.exit(2);
}
// A young generation that holds a whole measurement: what it grows by is what was allocated.
const flags = ["--expose-gc", "--max-semi-space-size=512", "--min-semi-space-size=512"];
const { status } = spawnSync(process.execPath, [...flags, main, ...process.argv.slice(3)], {
  stdio: "inherit",
});
process.exit(status ?? 1);
