import { describeError } from "@ims/common";
import { runTranscript, transcriptFiles } from "./run-transcripts.js";

/** Differences that are printed of one recording; the rest is counted. */
const SHOWN_MAX = 5;

const folder = process.argv[2];
if (folder === undefined) {
  process.stderr.write("Usage: conformance -- transcripts DIR, with DIR a folder of recorded exchanges\n");
  process.exitCode = 2;
} else {
  process.exitCode = await run(folder);
}

/** Prints one line for each recording, its differences below it, and the sums last. */
async function run(path: string): Promise<number> {
  let files: string[];
  try {
    files = transcriptFiles(path);
  } catch (error) {
    process.stderr.write(`"${path}" cannot be read: ${describeError(error)}\n`);
    return 2;
  }
  let passed = 0;
  let failed = 0;
  for (const file of files) {
    const report = await runTranscript(file);
    if (report === undefined) continue;
    const { id, differences } = report;
    if (differences.length === 0) passed++;
    else failed++;
    process.stdout.write(`${differences.length === 0 ? "ok  " : "FAIL"} ${id}\n`);
    for (const difference of differences.slice(0, SHOWN_MAX)) process.stdout.write(`     ${difference}\n`);
    if (differences.length > SHOWN_MAX)
      process.stdout.write(`     and ${differences.length - SHOWN_MAX} more\n`);
  }
  if (passed + failed === 0) process.stderr.write(`"${path}" holds no recordings\n`);
  process.stdout.write(`${passed} passed, ${failed} failed\n`);
  return failed > 0 || passed === 0 ? 1 : 0;
}
