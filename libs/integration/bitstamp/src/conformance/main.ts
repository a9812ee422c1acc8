import { runRecordings } from "./run-recordings.js";

/** Details that are printed of one failure; the rest is counted. */
const SHOWN_MAX = 20;
const WORDS = { passed: "ok  ", failed: "FAIL" } as const;

const root = process.argv[2];
if (root === undefined) {
  process.stderr.write("Usage: conformance -- recordings DIR, with a DIR that holds an expectations.json\n");
  process.exitCode = 2;
} else {
  process.exitCode = run(root);
}

/** Prints one line for each recording, what differs below it, and the sums last. */
function run(folder: string): number {
  const counts = { passed: 0, failed: 0 };
  try {
    for (const { details, name, verdict } of runRecordings(folder)) {
      counts[verdict]++;
      const first = verdict === "failed" ? `${details.length} differences` : details[0];
      process.stdout.write(`${WORDS[verdict]} ${name}: ${first}\n`);
      if (verdict === "passed") continue;
      for (const detail of details.slice(0, SHOWN_MAX)) process.stdout.write(`     ${detail}\n`);
      if (details.length > SHOWN_MAX) process.stdout.write(`     and ${details.length - SHOWN_MAX} more\n`);
    }
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return 2;
  }
  process.stdout.write(`Bitstamp: ${counts.passed} passed, ${counts.failed} failed\n`);
  return counts.failed > 0 || counts.passed === 0 ? 1 : 0;
}
