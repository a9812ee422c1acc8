import type { ExpectedSession } from "./expectations.js";
import { type RecordingReport, runRecordings, type VenueRecordings } from "./run-recordings.js";

/** Details that are printed of one failure; the rest is counted. */
const SHOWN_MAX = 20;
const WORDS = { passed: "ok  ", failed: "FAIL", skipped: "skip" } as const;

export interface PrintTargets {
  out(text: string): void;
  error(text: string): void;
}

const PROCESS_TARGETS: PrintTargets = {
  out: (text) => void process.stdout.write(text),
  error: (text) => void process.stderr.write(text),
};

/**
 * The program that replays the recordings of a venue: prints one line for each, what differs below it, and the sums
 * last.
 * @param root the folder from the command line, which holds an `expectations.json`
 * @returns the exit code: 0 if all passed, 1 if one failed or there were none of the venue, 2 if it could not look
 */
export async function printRecordings<Session extends ExpectedSession>(
  venue: VenueRecordings<Session>,
  root: string | undefined,
  { error, out }: PrintTargets = PROCESS_TARGETS,
): Promise<number> {
  if (root === undefined) {
    error("Usage: conformance -- recordings DIR, with a DIR that holds an expectations.json\n");
    return 2;
  }
  const counts = { passed: 0, failed: 0, skipped: 0 };
  try {
    for (const report of await runRecordings(venue, root)) {
      counts[report.verdict]++;
      out(textOf(report));
    }
  } catch (cause) {
    error(`${cause instanceof Error ? cause.message : String(cause)}\n`);
    return 2;
  }
  out(`${venue.venue}: ${counts.passed} passed, ${counts.failed} failed\n`);
  return counts.failed > 0 || counts.passed === 0 ? 1 : 0;
}

function textOf({ details, name, verdict }: RecordingReport): string {
  if (verdict !== "failed") return `${WORDS[verdict]} ${name}: ${details[0]}\n`;
  const lines = [`${WORDS.failed} ${name}: ${details.length} differences`];
  for (const detail of details.slice(0, SHOWN_MAX)) lines.push(`     ${detail}`);
  if (details.length > SHOWN_MAX) lines.push(`     and ${details.length - SHOWN_MAX} more`);
  return `${lines.join("\n")}\n`;
}
