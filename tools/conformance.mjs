// Runs the golden vectors of one kind against this repository: npm run conformance -- sbe DIR
import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { mergedReport } from "./conformance/merged-report.mjs";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");

const REPORT_BYTES_MAX = 64 * 1024 * 1024;

/** What has to be built for a kind of vectors, and the program that runs them. */
const KINDS = {
  sbe: {
    project: "libs/sbe-generator/tsconfig.lib.json",
    program: "libs/sbe-generator/dist/conformance/main.js",
  },
  transcripts: {
    project: "libs/iggy-broker/tsconfig.lib.json",
    program: "libs/iggy-broker/dist/conformance/main.js",
  },
  "iggy-vectors": {
    project: "libs/iggy-protocol/tsconfig.lib.json",
    program: "libs/iggy-protocol/dist/conformance/main.js",
  },
};

/** Plugins that replay the recordings of their venues. */
const VENUES = ["binance", "bitstamp", "deribit"];
KINDS.recordings = VENUES.map((venue) => ({
  project: `libs/integration/${venue}/tsconfig.lib.json`,
  program: `libs/integration/${venue}/dist/conformance/main.js`,
}));

const [kind, folder, ...rest] = process.argv.slice(2);
if (!Object.hasOwn(KINDS, kind ?? "") || folder === undefined || rest.length > 0) {
  process.stderr.write(`Usage: npm run conformance -- ${Object.keys(KINDS).join("|")} DIR\n`);
  process.exit(2);
}

const compiler = join(dirname(createRequire(import.meta.url).resolve("typescript/package.json")), "bin/tsc");
const run = (...args) => spawnSync(process.execPath, args, { cwd: root, stdio: "inherit" }).status ?? 2;

// Paths are as seen from where the command was called, which npm changes.
const from = process.env.INIT_CWD ?? process.cwd();
process.exitCode = Array.isArray(KINDS[kind]) ? runAll(KINDS[kind]) : runOne(KINDS[kind]);

function runOne({ program, project }) {
  return run(compiler, "-b", project) === 0 ? run(join(root, program), resolve(from, folder)) : 2;
}

/** Programs that look at one folder, each at what is its own: one report and one sum. */
function runAll(programs) {
  if (run(compiler, "-b", ...programs.map(({ project }) => project)) !== 0) return 2;
  const results = programs.map(({ program }) =>
    spawnSync(process.execPath, [join(root, program), resolve(from, folder)], {
      cwd: root,
      stdio: ["ignore", "pipe", "inherit"],
      encoding: "utf8",
      maxBuffer: REPORT_BYTES_MAX,
    }),
  );
  const { lines, passed, failed } = mergedReport(results.map(({ stdout }) => stdout ?? ""));
  process.stdout.write([...lines, `${passed} passed, ${failed} failed`, ""].join("\n"));
  // 1 is the word of a program that found differences, or nothing of its own; more is that it could not look.
  if (results.some(({ status }) => status === null || status > 1)) return 2;
  return failed > 0 || passed === 0 ? 1 : 0;
}
