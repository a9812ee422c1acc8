/**
 * - `breaking`: a reader of one version takes octets of the other for something else, or loses them
 * - `caution`: octets keep their places, but a reader meets values or additions that it must be ready for
 * - `safe`: no reader notices, or only one that uses the new element
 */
export type Severity = "breaking" | "caution" | "safe";

/** Readers that a change reaches: those made from the old schema, those from the new, or both. */
export type Affected = "old readers" | "new readers" | "all readers" | "nobody";

export interface Change {
  readonly severity: Severity;
  /** Element path: `Quote.levels.qty`, `Price.exponent`. */
  readonly path: string;
  /** What changed, a sentence without final point. */
  readonly change: string;
  readonly affects: Affected;
  /** What follows from it, a sentence without final point. */
  readonly reason: string;
}

/** Collects the changes between two schemas; a type that many fields share is reported once. */
export class ChangeLog {
  readonly #changes = new Map<string, Change>();
  #touchesWire = false;

  constructor(
    /** Version of the old schema: what came later must say so. */
    readonly oldVersion: number,
  ) {}

  breaking(path: string, change: string, affects: Affected, reason: string): void {
    this.#add({ severity: "breaking", path, change, affects, reason });
  }

  caution(path: string, change: string, affects: Affected, reason: string): void {
    this.#add({ severity: "caution", path, change, affects, reason });
  }

  /** Something new that every reader is safe from; it still makes a new version. */
  addition(path: string, change: string): void {
    this.#touchesWire = true;
    this.safe(path, change);
  }

  safe(path: string, change: string): void {
    this.#add({ severity: "safe", path, change, affects: "nobody", reason: "" });
  }

  /** Whether frames of the two schemas can differ, so that they need different versions. */
  get touchesWire(): boolean {
    return this.#touchesWire || this.changes.some(({ severity }) => severity !== "safe");
  }

  get changes(): readonly Change[] {
    return [...this.#changes.values()];
  }

  #add(change: Change): void {
    this.#changes.set(JSON.stringify(change), change);
  }
}
