import { COMMAND_ID_RULE, HASH_RULE, NAME_RULE } from "./filter-command.js";
import { encodeRecord, RecordFields } from "./record-fields.js";

/**
 * `deployed` answers a deploy, `done` any other command, `refused` either; the others tell what happened on a
 * partition: `swapped` from which offset on a version runs, `rolled-back` likewise for the version before,
 * `quarantined` from which offset on a module is not run any more, `failed` which batch the policy handled.
 */
export const EVENT_KINDS = [
  "deployed",
  "done",
  "refused",
  "swapped",
  "rolled-back",
  "quarantined",
  "failed",
] as const;
export type EventKind = (typeof EVENT_KINDS)[number];

/** Where something happened: the first input offset that it counts for. */
export interface EventPlace {
  readonly stream: string;
  readonly topic: string;
  readonly partitionId: number;
  readonly offset: number;
}

/** What a service did. */
export interface FilterEvent {
  readonly kind: EventKind;
  /** The filter's name. */
  readonly name: string;
  /** Which service wrote it. */
  readonly service: string;
  /** When, microseconds since 1970. */
  readonly atMicros: number;
  /** The command that it answers to. */
  readonly command?: string;
  /** SHA-256 of the module that runs from now on, or failed. */
  readonly module?: string;
  /** Of the module before. */
  readonly before?: string;
  readonly place?: EventPlace;
  /** Why, in words; at most 2,000 characters are kept. */
  readonly reason?: string;
}

const REASON_LENGTH_MAX = 2000;
const WORD = { lengthMax: 255 };

export function encodeEvent(event: FilterEvent): Uint8Array {
  const { reason } = event;
  return encodeRecord(
    reason === undefined ? event : { ...event, reason: reason.slice(0, REASON_LENGTH_MAX) },
  );
}

/** @throws `filter.bad-record` */
export function decodeEvent(octets: Uint8Array): FilterEvent {
  const fields = RecordFields.of(octets);
  return {
    kind: fields.choice("kind", EVENT_KINDS),
    name: fields.text("name", NAME_RULE),
    service: fields.text("service", WORD),
    atMicros: fields.whole("atMicros", 0, Number.MAX_SAFE_INTEGER),
    ...(fields.has("command") ? { command: fields.text("command", COMMAND_ID_RULE) } : {}),
    ...(fields.has("module") ? { module: fields.text("module", HASH_RULE) } : {}),
    ...(fields.has("before") ? { before: fields.text("before", HASH_RULE) } : {}),
    ...(fields.has("place") ? { place: readPlace(fields.object("place")) } : {}),
    ...(fields.has("reason") ? { reason: fields.text("reason", { lengthMax: REASON_LENGTH_MAX }) } : {}),
  };
}

function readPlace(fields: RecordFields): EventPlace {
  return {
    stream: fields.text("stream", WORD),
    topic: fields.text("topic", WORD),
    partitionId: fields.whole("partitionId", 0, 0xffff_ffff),
    offset: fields.whole("offset", 0, Number.MAX_SAFE_INTEGER),
  };
}
