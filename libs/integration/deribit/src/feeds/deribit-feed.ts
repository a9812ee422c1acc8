import { type FeedHandler, type JsonObject, type OpenFeed, Unusable } from "@ims/integration-kit";
import type { IntegrationContext, RecordHead } from "@ims/traits";
import { exactObject } from "../json/exact-json.js";

/** What reads the `data` of one channel's notifications. */
export interface DeribitFeed extends FeedHandler {
  /** Throws `Unusable` for what cannot be used; nothing of it is passed on then. */
  read(data: unknown, receiveMicros: number): void;
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
export function fillHead(
  head: RecordHead,
  { instrumentId }: OpenFeed,
  eventMicros: number,
  receiveMicros: number,
): void {
  head.instrumentId = instrumentId;
  head.eventMicros = eventMicros;
  head.sendMicros = 0;
  head.receiveMicros = receiveMicros;
  head.flags = 0;
}
