import { runConformance } from "./run-conformance.js";

/** Failures that are printed of one folder; the rest is counted. */
const SHOWN_MAX = 20;

const root = process.argv[2];
if (root === undefined) {
  process.stderr.write("Usage: conformance -- sbe DIR, with DIR in the form of a folder of golden vectors\n");
  process.exitCode = 2;
} else {
  process.exitCode = await run(root);
}

/** Prints one line for each folder, its failures below it, and the sums last. */
async function run(folder: string): Promise<number> {
  let passed = 0;
  let failed = 0;
  try {
    for (const report of await runConformance(folder)) {
      const { failures } = report;
      passed += report.passed;
      failed += failures.length;
      const verdict = failures.length === 0 ? "ok  " : "FAIL";
      process.stdout.write(
        `${verdict} ${report.folder}: ${report.passed} passed, ${failures.length} failed\n`,
      );
      for (const failure of failures.slice(0, SHOWN_MAX)) process.stdout.write(`     ${failure}\n`);
      for (const note of report.notes.slice(0, SHOWN_MAX)) process.stdout.write(`     note: ${note}\n`);
      if (failures.length > SHOWN_MAX) process.stdout.write(`     and ${failures.length - SHOWN_MAX} more\n`);
    }
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return 2;
  }
  if (passed + failed === 0) process.stderr.write(`"${folder}" holds nothing to check\n`);
  process.stdout.write(`${passed} passed, ${failed} failed\n`);
  return failed > 0 || passed === 0 ? 1 : 0;
}
