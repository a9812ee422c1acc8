import type { TimeResolutionText } from "@ims/common";
import { fail } from "../errors/client-errors.js";
import type { ImsTransport, PartitionPlace, PlaceStart } from "../transport/ims-transport.js";
import type { ResumePoint } from "./resume-point.js";

/**
 * Where a feed begins.
 * - `now`: with the first record after the start, the default
 * - `first`: with the oldest that the broker holds
 * - `{ offset }`: in the partition of the symbol, as messages carry it; for one symbol
 * - `{ time }`: with the first that the broker stored at this time or later, `now` for a time to come; a Date, or
 *   microseconds since 1970
 * - a {@link ResumePoint}: where each symbol was when it was saved; symbols that are not in it begin now
 */
export type StartFrom =
  | "now"
  | "first"
  | { readonly offset: number }
  | { readonly time: Date | number | bigint }
  | ResumePoint;

/** What asks for a place: a feed, where its records stand, and the end of them at its start. */
export interface FeedStart {
  /** Topic of the data. */
  readonly data: string;
  readonly symbol: string;
  /** Only of bars. */
  readonly resolution?: TimeResolutionText | undefined;
  readonly place: PartitionPlace;
  readonly endOffset: number;
}

/**
 * Checks what can be checked before anything is sent.
 * @throws ImsError `client.invalid-argument`
 */
export function checkStartFrom(from: StartFrom, symbolCount: number): void {
  if (typeof from === "string") {
    if (from !== "now" && from !== "first") throw invalid(`from is "${String(from)}"`);
  } else if ("offset" in from) {
    if (!Number.isSafeInteger(from.offset) || from.offset < 0) throw invalid(`from.offset is ${from.offset}`);
    if (symbolCount > 1) {
      throw fail(
        "client.invalid-argument",
        "from.offset is a place of one symbol; start several by a time or a ResumePoint, or each by itself",
      );
    }
  } else if ("time" in from) microsOf(from.time);
}

/** Finds where the feeds of one start begin; partitions that several of them share are asked once. */
export class StartFinder {
  readonly #found = new Map<string, Promise<number | undefined>>();

  constructor(
    private readonly transport: ImsTransport,
    private readonly from: StartFrom,
  ) {}

  /**
   * The offset from which to read a feed.
   * @throws ImsError `client.invalid-argument` for an offset that the partition has not reached
   */
  async firstOffset(feed: FeedStart): Promise<number> {
    const { from } = this;
    const { place, endOffset } = feed;
    if (from === "now") return endOffset;
    if (from === "first") return (await this.#offsetAt(place, { kind: "first" })) ?? endOffset;
    if ("time" in from) {
      return (await this.#offsetAt(place, { kind: "time", micros: microsOf(from.time) })) ?? endOffset;
    }
    const position =
      "offset" in from ? { ...place, ...from } : from.find(feed.data, feed.symbol, feed.resolution);
    if (position === undefined) return endOffset;
    const { partitionId, offset } = position;
    const isThere =
      partitionId === place.partitionId &&
      // What the service named is older by a moment than the end.
      (offset <= endOffset || offset <= (await this.transport.endOffset(place)));
    if (isThere) return offset;
    throw fail(
      "client.invalid-argument",
      `${feed.symbol} has no offset ${offset} in partition ${partitionId}: its data is in partition ` +
        `${place.partitionId} of ${place.stream}/${place.topic}, which ends at ${endOffset}. The place is of another ` +
        "symbol, or the broker lost its data",
      { context: { ...place, offset, endOffset } },
    );
  }

  #offsetAt(place: PartitionPlace, start: PlaceStart): Promise<number | undefined> {
    const key = `${place.stream}/${place.topic}/${place.partitionId}`;
    let found = this.#found.get(key);
    if (!found) {
      found = this.transport.offsetAt(place, start);
      this.#found.set(key, found);
    }
    return found;
  }
}

function microsOf(time: Date | number | bigint): number {
  const micros = time instanceof Date ? time.getTime() * 1000 : Number(time);
  if (Number.isSafeInteger(micros) && micros >= 0) return micros;
  throw invalid(`from.time is ${String(time)}`);
}

function invalid(what: string): Error {
  return fail(
    "client.invalid-argument",
    `${what}, expected now, first, an offset from 0, a Date or microseconds since 1970, or a ResumePoint`,
  );
}
