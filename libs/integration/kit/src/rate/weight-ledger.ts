import {
  appendFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";

/** What all processes of a host have taken together. */
export interface WeightLedger {
  /** 0: taken. Otherwise nothing was, and it may be asked again after so many milliseconds. */
  take(weight: number, weightMax: number, windowMillis: number, nowMicros: number): number;
  /** No process may send before this wall time. */
  block(untilMicros: number): void;
  /** 0 when there is no pause. */
  blockedUntilMicros(): number;
}

interface Entry {
  readonly micros: number;
  readonly weight: number;
  readonly owner: string;
}

const OWNER_CHARS = 20;
/** Fixed width: a torn line can be recognised. */
const ENTRY = /^([0-9]{16}) ([+-][0-9]{8}) ([0-9a-f-]{20})$/;

/**
 * A ledger of files in one folder, without locks: each process appends what it wants and then reads which entries stand
 * in front of its own. If they leave no room it appends the same with a minus and waits. So two processes can never
 * both believe that the last place is theirs, and a process that dies leaves nothing to clean up. There is one file per
 * window; files of windows that are over are removed.
 *
 * A folder that cannot be used is told once to `onFailure`; from then on every request is let through, and what the
 * venue reports of used weight is the only guard.
 */
export class FileWeightLedger implements WeightLedger {
  #sequence = 0;
  #removedBefore = 0;
  #failed = false;

  /**
   * @param folder made if it is missing; all processes of the host name the same one
   * @param group what is shared: the name of a host or of several that count together
   * @param owner distinguishes processes; at most 12 characters of `0-9a-f`
   */
  constructor(
    readonly folder: string,
    readonly group: string,
    readonly owner: string,
    private readonly onFailure: (error: unknown) => void,
  ) {
    this.#guard(() => mkdirSync(folder, { recursive: true }), undefined);
  }

  take(weight: number, weightMax: number, windowMillis: number, nowMicros: number): number {
    return this.#guard(() => this.#take(weight, weightMax, windowMillis, nowMicros), 0);
  }

  block(untilMicros: number): void {
    if (untilMicros <= this.blockedUntilMicros()) return;
    this.#guard(() => {
      const draft = this.#path(`pause-${this.owner}`);
      writeFileSync(draft, String(Math.ceil(untilMicros)));
      renameSync(draft, this.#path("pause"));
    }, undefined);
  }

  blockedUntilMicros(): number {
    const text = this.#guard(() => readIfThere(this.#path("pause")), "");
    return Number(text) || 0;
  }

  #take(weight: number, weightMax: number, windowMillis: number, nowMicros: number): number {
    const windowMicros = windowMillis * 1000;
    const window = Math.floor(nowMicros / windowMicros);
    const owner = `${this.owner}-${(this.#sequence++ % 0xffffff).toString(16)}`.padStart(OWNER_CHARS, "0");
    const file = this.#path(String(window));
    appendFileSync(file, format(nowMicros, weight, owner));
    const current = this.#entries(window);
    const ownAt = current.findIndex((entry) => entry.owner === owner && entry.micros === nowMicros);
    // A process whose clock is a moment ahead writes to the next file already: all of that one counts.
    const counted = [
      ...this.#entries(window - 1).filter(({ micros }) => micros > nowMicros - windowMicros),
      ...current.slice(0, ownAt),
      ...this.#entries(window + 1),
    ];
    const excess = counted.reduce((sum, entry) => sum + entry.weight, weight) - weightMax;
    if (excess <= 0) {
      this.#removeBefore(window - 1);
      return 0;
    }
    appendFileSync(file, format(nowMicros, -weight, owner));
    return waitMillis(counted, excess, nowMicros, windowMicros);
  }

  #entries(window: number): Entry[] {
    const entries: Entry[] = [];
    for (const line of readIfThere(this.#path(String(window))).split("\n")) {
      const found = ENTRY.exec(line);
      if (found) entries.push({ micros: Number(found[1]), weight: Number(found[2]), owner: found[3]! });
    }
    return entries;
  }

  #removeBefore(window: number): void {
    if (window <= this.#removedBefore) return;
    this.#removedBefore = window;
    for (const name of readdirSync(this.folder)) {
      const suffix = name.startsWith(`${this.group}.`) ? name.slice(this.group.length + 1) : "";
      if (/^[0-9]+$/.test(suffix) && Number(suffix) < window) {
        rmSync(join(this.folder, name), { force: true });
      }
    }
  }

  #path(suffix: string): string {
    return join(this.folder, `${this.group}.${suffix}`);
  }

  #guard<T>(act: () => T, otherwise: T): T {
    if (this.#failed) return otherwise;
    try {
      return act();
    } catch (error) {
      this.#failed = true;
      this.onFailure(error);
      return otherwise;
    }
  }
}

function format(micros: number, weight: number, owner: string): string {
  const sign = weight < 0 ? "-" : "+";
  const digits = String(Math.abs(weight)).padStart(8, "0");
  return `${String(micros).padStart(16, "0")} ${sign}${digits} ${owner}\n`;
}

/** Until enough of the oldest weight has left the window; entries that were taken back leave no room. */
function waitMillis(
  counted: readonly Entry[],
  excess: number,
  nowMicros: number,
  windowMicros: number,
): number {
  let left = excess;
  for (const { micros, weight } of counted.toSorted((one, other) => one.micros - other.micros)) {
    left -= weight;
    if (left <= 0) return Math.max(1, (micros + windowMicros - nowMicros) / 1000);
  }
  return windowMicros / 1000;
}

function readIfThere(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return "";
    throw error;
  }
}
