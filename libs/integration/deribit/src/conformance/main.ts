import { runRecordings } from "./run-recordings.js";

/** Details that are printed of one failure; the rest is counted. */
const SHOWN_MAX = 20;

const root = process.argv[2];
if (root === undefined) {
  process.stderr.write("Usage: conformance -- recordings DIR, with a DIR that holds an expectations.json\n");
  process.exitCode = 2;
} else {
  process.exitCode = await run(root);
}

/** Prints one line for each recording, what differs below it, and the sums last. */
async function run(folder: string): Promise<number> {
  const counts = { passed: 0, failed: 0 };
  try {
    for await (const { details, name, verdict } of runRecordings(folder)) {
      counts[verdict]++;
      const isPassed = verdict === "passed";
      process.stdout.write(
        `${isPassed ? "ok  " : "FAIL"} ${name}: ${isPassed ? details[0] : `${details.length} differences`}\n`,
      );
      if (isPassed) continue;
      for (const detail of details.slice(0, SHOWN_MAX)) process.stdout.write(`     ${detail}\n`);
      if (details.length > SHOWN_MAX) process.stdout.write(`     and ${details.length - SHOWN_MAX} more\n`);
    }
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return 2;
  }
  process.stdout.write(`Deribit: ${counts.passed} passed, ${counts.failed} failed\n`);
  return counts.failed > 0 || counts.passed === 0 ? 1 : 0;
}
