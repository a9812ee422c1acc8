import type { GapReason } from "@ims/common";

/** One loss: what is known of it for a Gap record. Its parts share it. */
export interface Loss {
  readonly reason: GapReason;
  /** Event times of the records on both sides, microseconds; 0 where unknown. */
  readonly fromMicros: number;
  readonly toMicros: number;
  filledCount: number;
}

/** Ids that are missing, both ends included. */
export interface MissingRange {
  readonly from: number;
  readonly to: number;
  readonly loss: Loss;
}

/** Ranges of ids that have not been seen, in order, without overlap. */
export class MissingIds {
  #ranges: MissingRange[] = [];

  get rangeCount(): number {
    return this.#ranges.length;
  }

  get ranges(): readonly MissingRange[] {
    return this.#ranges;
  }

  /** Ids behind all others. */
  append(from: number, to: number, loss: Loss): void {
    this.#ranges.push({ from, to, loss });
  }

  /** Takes one id out; the loss it belonged to, undefined if it was not missing. */
  take(id: number): Loss | undefined {
    const at = this.#ranges.findIndex(({ from, to }) => from <= id && id <= to);
    if (at < 0) return undefined;
    const { from, loss, to } = this.#ranges[at]!;
    const parts: MissingRange[] = [];
    if (from < id) parts.push({ from, to: id - 1, loss });
    if (id < to) parts.push({ from: id + 1, to, loss });
    this.#ranges.splice(at, 1, ...parts);
    return loss;
  }

  /** Takes out everything within, both ends included; the parts in order. */
  takeWithin(from: number, to: number): MissingRange[] {
    const taken: MissingRange[] = [];
    const kept: MissingRange[] = [];
    for (const range of this.#ranges) {
      if (range.to < from || range.from > to) {
        kept.push(range);
        continue;
      }
      const { loss } = range;
      if (range.from < from) kept.push({ from: range.from, to: from - 1, loss });
      taken.push({ from: Math.max(from, range.from), to: Math.min(to, range.to), loss });
      if (range.to > to) kept.push({ from: to + 1, to: range.to, loss });
    }
    this.#ranges = kept;
    return taken;
  }

  /** The first missing id of at least `id`, undefined if there is none. */
  firstFrom(id: number): number | undefined {
    for (const { from, to } of this.#ranges) if (to >= id) return Math.max(from, id);
    return undefined;
  }
}
