import { type DataType, GapReason, type TimeResolution } from "@ims/common";
import type { GapFields } from "@ims/traits";
import type { PublishedInstrument } from "./published-instrument.js";

/** Records of one feed that were given up and that no published gap tells of yet. */
export interface Loss {
  readonly instrument: PublishedInstrument;
  readonly dataType: DataType;
  readonly resolution: TimeResolution | 0;
  /** First and last id; 0 where the data has no ids, or where they are not known. */
  fromId: number;
  toId: number;
  /** Time of the last published record before, or of the end of the gap before; 0 if there was none. */
  readonly fromMicros: number;
  /** Time of the last lost record. */
  toMicros: number;
  /** −1 where it is not known. */
  missingCount: number;
}

/** One record that was given up. The caller reuses the object: many are given up in little time. */
export interface LostRecord {
  instrument: PublishedInstrument;
  dataType: DataType;
  resolution: TimeResolution | 0;
  /** 0 where the data has no ids. */
  firstId: number;
  lastId: number;
  /** The venue's time of it, or when it arrived. */
  eventMicros: number;
  /** The venue's time of the feed's last published record; 0 if there was none. */
  lastPublishedMicros: number;
}

/** What a gap can count. */
const MISSING_COUNT_MAX = 0xfffffffe;

/**
 * What was given up, one entry per feed until its gap is published, so its size is bounded by the number of feeds.
 * An entry spans from the first to the last record that was given up; its count is exact, and in the rare case that
 * room came and went between, some records within the span were published.
 */
export class LossLedger {
  readonly #open = new Map<number, Loss>();
  /** Ends of the last gaps that were published, by feed: the next one begins there if no record came between. */
  readonly #toldMicros = new Map<number, number>();
  readonly #gap: GapFields = emptyGap();

  /** Feeds with losses. */
  get openCount(): number {
    return this.#open.size;
  }

  /** Records of one feed without a published gap; an unknown number counts as one. */
  missingCountOf(instrument: PublishedInstrument, dataType: number, resolution: number): number {
    const loss = this.#open.get(keyOf(instrument.id, dataType, resolution));
    return loss ? Math.abs(loss.missingCount) : 0;
  }

  lost(record: LostRecord): void {
    const { instrument, dataType, resolution, firstId, lastId, eventMicros } = record;
    const key = keyOf(instrument.id, dataType, resolution);
    const loss = this.#open.get(key);
    if (!loss) {
      this.#open.set(key, {
        instrument,
        dataType,
        resolution,
        fromId: firstId,
        toId: lastId,
        fromMicros: Math.max(record.lastPublishedMicros, this.#toldMicros.get(key) ?? 0),
        toMicros: eventMicros,
        missingCount: 1,
      });
      return;
    }
    if (eventMicros > loss.toMicros) loss.toMicros = eventMicros;
    // Ids of the known part would hide the unknown one.
    if (loss.missingCount < 0) return;
    if (loss.fromId === 0) loss.fromId = firstId;
    if (lastId > loss.toId) loss.toId = lastId;
    if (loss.missingCount < MISSING_COUNT_MAX) loss.missingCount++;
  }

  /** Some records of a feed between two times may be missing; nobody knows how many. */
  perhapsLost(loss: Pick<Loss, "instrument" | "dataType" | "resolution" | "fromMicros" | "toMicros">): void {
    const key = keyOf(loss.instrument.id, loss.dataType, loss.resolution);
    const known = this.#open.get(key);
    const fromMicros = known ? Math.min(known.fromMicros, loss.fromMicros) : loss.fromMicros;
    const toMicros = Math.max(known?.toMicros ?? 0, loss.toMicros);
    this.#open.set(key, { ...loss, fromMicros, toMicros, fromId: 0, toId: 0, missingCount: -1 });
  }

  /**
   * Hands the losses to `publish`, oldest first, and forgets those for which it returns true; ends at the first that
   * finds no room, or after `countMax`.
   * @param nowMicros stands in the gaps as the time of their making
   */
  drain(nowMicros: number, countMax: number, publish: (gap: GapFields, loss: Loss) => boolean): void {
    let left = countMax;
    for (const [key, loss] of this.#open) {
      if (left-- === 0 || !publish(this.#fill(loss, nowMicros), loss)) return;
      this.#open.delete(key);
      this.#toldMicros.set(key, loss.toMicros);
    }
  }

  #fill(loss: Loss, nowMicros: number): GapFields {
    const gap = this.#gap;
    gap.instrumentId = loss.instrument.id;
    gap.receiveMicros = nowMicros;
    gap.dataType = loss.dataType;
    gap.resolution = loss.resolution;
    gap.fromId = loss.fromId;
    gap.toId = loss.toId;
    gap.fromMicros = loss.fromMicros;
    gap.toMicros = loss.toMicros;
    gap.missingCount = loss.missingCount;
    return gap;
  }
}

/** Below 2^48. */
function keyOf(instrumentId: number, dataType: number, resolution: number): number {
  return instrumentId * 65_536 + dataType * 256 + resolution;
}

function emptyGap(): GapFields {
  return {
    instrumentId: 0,
    eventMicros: 0,
    sendMicros: 0,
    receiveMicros: 0,
    flags: 0,
    dataType: 0,
    resolution: 0,
    reason: GapReason.QueueFull,
    fromId: 0,
    toId: 0,
    fromMicros: 0,
    toMicros: 0,
    missingCount: 0,
    filledCount: 0,
  };
}
