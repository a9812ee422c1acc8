import { describeError } from "@ims/common";

/** What was checked of one file of vectors: every check has a name, and reasons when it failed. */
export class Report {
  passed = 0;
  /** `name: reasons` of every check that failed. */
  readonly failures: string[] = [];
  /** What is worth a look without being a failure. */
  readonly notes: string[] = [];

  constructor(readonly file: string) {}

  /** Counts one check that throws, or returns reasons, when it fails. */
  check(name: string, run: () => readonly string[]): void {
    let reasons: readonly string[];
    try {
      reasons = run();
    } catch (error) {
      reasons = [describeError(error)];
    }
    if (reasons.length === 0) this.passed++;
    else this.failures.push(`${name}: ${reasons.join("; ")}`);
  }

  note(text: string): void {
    this.notes.push(text);
  }
}
