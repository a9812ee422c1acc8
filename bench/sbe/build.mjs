import { spawnSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const root = join(import.meta.dirname, "../..");
const compiler = join(root, "node_modules/typescript/bin/tsc");

function compile(...args) {
  const { status, stdout } = spawnSync(process.execPath, [compiler, ...args], {
    cwd: root,
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`the TypeScript compiler failed:\n${stdout}`);
}

/** Builds the libraries and the codecs of the benchmark's own schema; gives the folder of the latter. */
export function buildCodecs() {
  compile("-b", "libs/sbe/tsconfig.lib.json", "libs/sbe-generator/tsconfig.lib.json");
  const folder = mkdtempSync(join(tmpdir(), "sbe-bench-"));
  const generator = join(root, "libs/sbe-generator/dist/main.js");
  const schema = join(import.meta.dirname, "schema/bench.xml");
  const { status, stderr } = spawnSync(process.execPath, [generator, "generate", schema, "--out", folder], {
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`the generator failed:\n${stderr}`);
  writeFileSync(join(folder, "package.json"), '{"type":"module"}');
  const compilerOptions = {
    target: "ES2022",
    lib: ["ES2022", "DOM"],
    types: [],
    module: "NodeNext",
    strict: true,
  };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions }));
  compile("-p", folder);
  return folder;
}

/** The codecs of the platform's schema, and those of the benchmark's own. */
export async function loadCodecs(folder) {
  const sbe = await import(pathToFileURL(join(root, "libs/sbe/dist/index.js")).href);
  return { sbe, bench: await import(pathToFileURL(join(folder, "index.js")).href) };
}
