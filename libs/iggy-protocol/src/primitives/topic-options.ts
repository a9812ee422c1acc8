import { type Option, option } from "./options.js";
import { FieldKind, fieldValue } from "./typed-field.js";

/** The settings of a topic that the variants of protocol 0.11 know; what is left out gets the server's default. */
export interface TopicOptions {
  readonly compressionAlgorithm?: "none" | "gzip";
  /** Lifetime of messages in microseconds; 2^64 − 1 = for ever. */
  readonly messageExpiryMicros?: bigint;
  /** 2^64 − 1 = unlimited. */
  readonly maxTopicBytes?: bigint;
  /** Multiple of 512 in 1 MiB to 1 GiB. */
  readonly segmentBytes?: number;
  /** Servers of the edge variant only, see `DialectVariant`. */
  readonly enforceFsync?: boolean;
  /** 1 to 16,777,216 */
  readonly messagesRequiredToSave?: number;
  /** At most 1 GiB. */
  readonly bytesRequiredToSave?: number;
  readonly preallocateSegments?: boolean;
  /** When a send is confirmed; servers of the release variant only. */
  readonly durability?: Durability;
  /** When a stored offset is confirmed; servers of the release variant only. */
  readonly consumerOffsetDurability?: Durability;
}

/**
 * Confirmed once it is replicated, or once it is on disk as well. `none` is the embedded broker's own: it never waits for
 * the disk, nor has the disk told to keep what it was given.
 */
export type Durability = "replicated" | "persisted" | "none";

/** Keys of the wire, with the kind that a server stores. */
export const TOPIC_OPTION_KEYS = {
  compressionAlgorithm: { key: "compression_algorithm", kind: FieldKind.Text },
  messageExpiryMicros: { key: "message_expiry", kind: FieldKind.U64 },
  maxTopicBytes: { key: "max_topic_size", kind: FieldKind.U64 },
  segmentBytes: { key: "segment_size", kind: FieldKind.U64 },
  enforceFsync: { key: "enforce_fsync", kind: FieldKind.Bool },
  messagesRequiredToSave: { key: "messages_required_to_save", kind: FieldKind.U32 },
  bytesRequiredToSave: { key: "size_of_messages_required_to_save", kind: FieldKind.U64 },
  preallocateSegments: { key: "preallocate_segments", kind: FieldKind.Bool },
  durability: { key: "durability", kind: FieldKind.Text },
  consumerOffsetDurability: { key: "consumer_offset_durability", kind: FieldKind.Text },
} as const satisfies Record<keyof TopicOptions, { key: string; kind: number }>;

export function topicOptions(settings: TopicOptions): Option[] {
  const options: Option[] = [];
  for (const [name, { key, kind }] of Object.entries(TOPIC_OPTION_KEYS)) {
    const value = settings[name as keyof TopicOptions];
    if (value !== undefined) options.push(option(key, kind, value));
  }
  return options;
}

/** Values by wire key, as a server returned them; kinds stay as sent. */
export function optionValues(options: readonly Option[]): Record<string, ReturnType<typeof fieldValue>> {
  return Object.fromEntries(options.map(({ key, value }) => [key, fieldValue(value)]));
}
