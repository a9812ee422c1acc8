#!/usr/bin/env node
// Runs the fuzz run of a library: npm run fuzz -- sbe --inputs 10000000 --seed 1
import { spawnSync } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const workspaceDir = dirname(dirname(fileURLToPath(import.meta.url)));

/** Projects to build and what runs them, by the name of the library. */
const TARGETS = {
  sbe: { projects: ["libs/sbe/tsconfig.lib.json", "libs/sbe-generator/tsconfig.lib.json"], run: fuzzSbe },
};

const [name, ...args] = process.argv.slice(2);
const target = Object.hasOwn(TARGETS, name ?? "") ? TARGETS[name] : undefined;
if (target === undefined) {
  process.stderr.write(
    `Name what to fuzz: ${Object.keys(TARGETS).join(", ")}. For example: npm run fuzz -- sbe\n`,
  );
  process.exitCode = 2;
} else {
  const tsc = join(workspaceDir, "node_modules/.bin/tsc");
  const build = spawnSync(tsc, ["-b", ...target.projects], { cwd: workspaceDir, stdio: "inherit" });
  process.exitCode = build.status === 0 ? await target.run(args) : (build.status ?? 1);
}

/** Generated decoders of both versions of the schema, and beside them the run-time decoder of the generator. */
async function fuzzSbe(options) {
  const { runFuzzCommand } = await import(join(workspaceDir, "libs/sbe/dist/fuzz/fuzz-command.js"));
  const { compile, SchemaCodec } = await import(join(workspaceDir, "libs/sbe-generator/dist/index.js"));
  const tokenDecoders = Object.fromEntries(
    ["v1", "v2"].map((version) => {
      const { tokens } = compile(join(workspaceDir, `libs/sbe/schema/ims-${version}.xml`));
      return [version, new SchemaCodec(tokens)];
    }),
  );
  return runFuzzCommand(options, (text) => process.stdout.write(text), tokenDecoders);
}
