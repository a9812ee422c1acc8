export const LOG_LEVELS = ["debug", "info", "warn", "error"] as const;
export type FilterLogLevel = (typeof LOG_LEVELS)[number];

/** Octets of a line that are kept. */
export const LOG_LINE_BYTES = 1024;

const WINDOW_MILLIS = 1000;
const textDecoder = new TextDecoder();

/** Lets so many lines of a module through in each second and counts the others. */
export class LogGate {
  #windowStart = Number.NEGATIVE_INFINITY;
  #lines = 0;
  #leftOut = 0;
  /** Lines are neither written nor counted, because a batch runs that ran before. */
  isMuted = false;

  constructor(
    readonly linesPerSecond: number,
    readonly monotonicMillis: () => number,
    readonly write: (level: FilterLogLevel, text: string) => void,
  ) {}

  /** Lines that were too many. */
  get leftOut(): number {
    return this.#leftOut;
  }

  /** Counts a line that cannot be read. */
  leaveOut(): void {
    this.#leftOut++;
  }

  /** @param octets UTF-8; control characters of it become question marks, so that one line stays one */
  log(level: number, octets: Uint8Array): void {
    if (this.isMuted) return;
    if (!this.#admits()) {
      this.#leftOut++;
      return;
    }
    const text = textDecoder.decode(octets.slice(0, LOG_LINE_BYTES));
    this.write(LOG_LEVELS[level] ?? "info", text.replace(/\p{C}/gu, "?"));
  }

  #admits(): boolean {
    if (this.#lines >= this.linesPerSecond) {
      const now = this.monotonicMillis();
      if (now - this.#windowStart < WINDOW_MILLIS || this.linesPerSecond === 0) return false;
      this.#windowStart = now;
      this.#lines = 0;
    } else if (this.#lines === 0) {
      this.#windowStart = this.monotonicMillis();
    }
    this.#lines++;
    return true;
  }
}
