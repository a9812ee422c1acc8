import type { DataType } from "@ims/common";
import type { GapFields } from "@ims/traits";

/** What one feed has lost for good since the start. */
export interface GapCount {
  readonly instrumentId: number;
  readonly dataType: DataType;
  /** 0 for data without one. */
  readonly resolution: number;
  readonly gapCount: number;
  /** Records, as far as their number is known. */
  readonly missingCount: number;
  /** Wall time of the last gap's end, microseconds. */
  readonly lastMicros: number;
}

/** Counts of gaps per feed. The gaps themselves are in the `gaps` topic. There are no more entries than feeds. */
export class GapLedger {
  readonly #counts = new Map<string, GapCount>();

  get counts(): readonly GapCount[] {
    return [...this.#counts.values()];
  }

  get gapCount(): number {
    return this.counts.reduce((sum, { gapCount }) => sum + gapCount, 0);
  }

  add({ dataType, instrumentId, missingCount, resolution, toMicros }: GapFields): void {
    const key = `${instrumentId}/${dataType}/${resolution}`;
    const known = this.#counts.get(key);
    this.#counts.set(key, {
      instrumentId,
      dataType,
      resolution,
      gapCount: (known?.gapCount ?? 0) + 1,
      missingCount: (known?.missingCount ?? 0) + Math.max(0, missingCount),
      lastMicros: toMicros,
    });
  }
}
