import type { SkippingClock } from "./skipping-clock.js";

/** One rule of the proof that did not hold. */
export interface Violation {
  readonly atMillis: number;
  readonly text: string;
}

const TIMELINE_MAX = 60;
const VIOLATIONS_MAX = 8;

/** What happened in one run, in order, and what was wrong. Keeps the last lines before the first violation. */
export class RunReport {
  readonly violations: Violation[] = [];
  violationCount = 0;
  readonly #lines: string[] = [];

  constructor(
    readonly seed: number,
    private readonly clock: SkippingClock,
  ) {}

  /** One line of the timeline. */
  note(text: string): void {
    if (this.violationCount > 0) return;
    this.#lines.push(`${stamp(this.clock.monotonicMillis())} ${text}`);
    if (this.#lines.length > TIMELINE_MAX) this.#lines.shift();
  }

  violation(text: string): void {
    this.violationCount++;
    if (this.violations.length < VIOLATIONS_MAX) {
      this.violations.push({ atMillis: this.clock.monotonicMillis(), text });
    }
  }

  /** For people: the seed, what was wrong, and what went before the first violation. */
  toString(): string {
    const wrong = this.violations.map(({ atMillis, text }) => `  ${stamp(atMillis)} ${text}`);
    return [
      `seed ${this.seed}: ${this.violationCount} violations; alone: IMS_SEED=${this.seed}`,
      ...wrong,
      "  before the first:",
      ...this.#lines.map((line) => `  ${line}`),
    ].join("\n");
  }
}

function stamp(millis: number): string {
  const seconds = Math.floor(millis / 1000);
  const part = (value: number) => String(value).padStart(2, "0");
  const clock = [Math.floor(seconds / 3600) % 24, Math.floor(seconds / 60) % 60, seconds % 60]
    .map(part)
    .join(":");
  return `day ${Math.floor(seconds / 86_400)} ${clock}.${String(Math.floor(millis) % 1000).padStart(3, "0")}`;
}
