/** What was checked of one folder: every check has a name, and a reason when it failed. */
export class Report {
  readonly #failures: string[] = [];
  readonly #notes: string[] = [];
  #passed = 0;

  constructor(readonly folder: string) {}

  get passed(): number {
    return this.#passed;
  }

  /** `name: reason` of every check that failed. */
  get failures(): readonly string[] {
    return this.#failures;
  }

  /** What is worth a look without being a failure. */
  get notes(): readonly string[] {
    return this.#notes;
  }

  note(text: string): void {
    this.#notes.push(text);
  }

  /** Counts one check; `reasons` is empty when it passed. */
  add(name: string, reasons: readonly string[]): void {
    if (reasons.length === 0) this.#passed++;
    else this.#failures.push(`${name}: ${reasons.join("; ")}`);
  }

  /** Counts one check that throws, or returns reasons, when it fails. */
  check(name: string, run: () => readonly string[]): void {
    try {
      this.add(name, run());
    } catch (error) {
      this.add(name, [error instanceof Error ? `${error.name}: ${error.message}` : String(error)]);
    }
  }
}
