import { type FeedHandler, type JsonObject, type OpenFeed, Unusable } from "@ims/integration-kit";
import type { IntegrationContext, RecordHead } from "@ims/traits";
import type { Walkers } from "../decode/walkers.js";
import { exactObject } from "../json/exact-json.js";

/** What reads the `data` of one channel's notifications. */
export interface DeribitFeed extends FeedHandler {
  /** Throws `Unusable` for what cannot be used; nothing of it is passed on then. */
  read(data: unknown, receiveMicros: number): void;
  /**
   * Reads the usual data that begin at `start` from their bytes, with the same result as {@link read}, and does nothing
   * with it yet. Without it all are read as JSON.
   *
   * @returns the place behind them, `NOWHERE` for what has to be read as JSON
   */
  walk?(walkers: Walkers, start: number, receiveMicros: number): number;
  /** What was walked last counts: the frame ends as it has to. Throws `Unusable`. */
  walked?(walkers: Walkers, receiveMicros: number): void;
}

/** What every feed is made of. */
export interface FeedParts {
  readonly feed: OpenFeed;
  readonly context: IntegrationContext;
}

/** Throws `Unusable` for what is no object. */
export function requireObject(data: unknown, what: string): JsonObject {
  const record = exactObject(data);
  if (!record) throw new Unusable("unexpected", `${what} is no object`);
  return record;
}

/** Fills what all records begin with. The venue gives one time, of the event. */
export function fillHead(head: RecordHead, feed: OpenFeed, eventMicros: number, receiveMicros: number): void {
  fillOrigin(head, feed, receiveMicros);
  head.eventMicros = eventMicros;
}

/** The same but for the time of the event, which the caller sets itself: as an argument it would cost memory. */
export function fillOrigin(head: RecordHead, { instrumentId }: OpenFeed, receiveMicros: number): void {
  head.instrumentId = instrumentId;
  head.sendMicros = 0;
  head.receiveMicros = receiveMicros;
  head.flags = 0;
}
