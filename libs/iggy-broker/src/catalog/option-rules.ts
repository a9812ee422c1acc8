import { FieldKind, fieldValue, type TypedField, UNLIMITED } from "@ims/iggy-protocol";
import { parseBytesText, parseDurationText } from "./option-text.js";

export type OptionValue = string | bigint | number | boolean;

/** How one topic option is read, checked and listed. */
export interface OptionRule {
  readonly key: string;
  /** Kind in which a created topic keeps it. */
  readonly kind: number;
  readonly defaultValue: OptionValue;
  /** Counts as not given. */
  readonly absent?: OptionValue;
  readonly updatable: boolean;
  /** The canonical value, or undefined for one that is not allowed. */
  readonly parse: (field: TypedField) => OptionValue | undefined;
  /** Text of the option catalog; keys without one are understood but not listed. */
  readonly description?: string;
}

const SEGMENT_BYTES_MIN = 1n << 20n;
export const SEGMENT_BYTES_MAX = 1n << 30n;
const SAVE_COUNT_MAX = 16_777_216;

/**
 * Topic options of protocol 0.11 (commands.md section 7.1) in the order of the catalog. The last two are sent by clients
 * of the protocol crate 0.11.0 with every create; their `replicated` asks for no more than the default. Their `none` is
 * this broker's own.
 */
export const OPTION_RULES: readonly OptionRule[] = [
  {
    key: "compression_algorithm",
    kind: FieldKind.Text,
    defaultValue: "none",
    updatable: true,
    parse: word("none", "gzip"),
    description: "Compression algorithm (none, gzip)",
  },
  {
    key: "message_expiry",
    kind: FieldKind.U64,
    defaultValue: UNLIMITED,
    absent: 0n,
    updatable: true,
    parse: u64(parseDurationText),
    description: "Message expiry in microseconds, or a humantime string (e.g. 7 days)",
  },
  {
    key: "max_topic_size",
    kind: FieldKind.U64,
    defaultValue: UNLIMITED,
    absent: 0n,
    updatable: true,
    parse: u64(parseBytesText),
    description:
      "Topic size cap in bytes, or a byte-size string (e.g. 1 GiB); must be at least the segment size",
  },
  {
    key: "segment_size",
    kind: FieldKind.U64,
    defaultValue: SEGMENT_BYTES_MAX,
    absent: 0n,
    updatable: false,
    parse: u64(
      parseBytesText,
      (bytes) => bytes % 512n === 0n && bytes >= SEGMENT_BYTES_MIN && bytes <= SEGMENT_BYTES_MAX,
    ),
    description:
      "Segment size in bytes, or a byte-size string (e.g. 128 MiB); a 512-byte multiple within 1048576..=1073741824",
  },
  {
    key: "enforce_fsync",
    kind: FieldKind.Bool,
    defaultValue: false,
    updatable: false,
    parse: bool,
    description: "Whether writes to this topic's partitions fsync",
  },
  {
    key: "messages_required_to_save",
    kind: FieldKind.U32,
    defaultValue: 1024,
    updatable: false,
    parse: saveCount,
    description:
      "Flush the journal once it holds this many messages; 1..=16777216. A threshold no segment can reach leaves committed messages in the journal, which a crash does not preserve",
  },
  {
    key: "size_of_messages_required_to_save",
    kind: FieldKind.U64,
    defaultValue: 1n << 20n,
    absent: 0n,
    updatable: false,
    parse: u64(parseBytesText, (bytes) => bytes <= SEGMENT_BYTES_MAX),
    description:
      "Flush the journal once it holds this many bytes, or a byte-size string; whichever threshold trips first flushes. At most 1073741824",
  },
  {
    key: "preallocate_segments",
    kind: FieldKind.Bool,
    defaultValue: false,
    updatable: false,
    parse: bool,
    description:
      "Reserve each segment's bytes up front where the filesystem supports it; pairs with segment_size. The reservation is real disk and runs inline on the owning shard, at every rotation and once per owned partition at boot, so segment_size * partitions_count is capped at 68719476736 bytes",
  },
  {
    key: "durability",
    kind: FieldKind.Text,
    defaultValue: "replicated",
    absent: "replicated",
    updatable: false,
    parse: word("none", "replicated", "persisted"),
  },
  {
    key: "consumer_offset_durability",
    kind: FieldKind.Text,
    defaultValue: "replicated",
    absent: "replicated",
    updatable: false,
    parse: word("none", "replicated", "persisted"),
  },
];

const BY_KEY: ReadonlyMap<string, OptionRule> = new Map(OPTION_RULES.map((rule) => [rule.key, rule]));

export function optionRule(key: string): OptionRule | undefined {
  return BY_KEY.get(key);
}

/** 0 passes the check: it stands for "not given". */
function u64(
  parseText: (text: string) => bigint | undefined,
  allows: (value: bigint) => boolean = () => true,
) {
  return (field: TypedField): bigint | undefined => {
    const value = fieldValue(field);
    const parsed =
      field.kind === FieldKind.U64
        ? (value as bigint)
        : field.kind === FieldKind.Text
          ? parseText(value as string)
          : undefined;
    if (parsed === undefined || parsed > UNLIMITED) return undefined;
    return parsed === 0n || allows(parsed) ? parsed : undefined;
  };
}

function word(...allowed: string[]) {
  return (field: TypedField): string | undefined => {
    const text = field.kind === FieldKind.Text ? (fieldValue(field) as string).toLowerCase() : "";
    return allowed.includes(text) ? text : undefined;
  };
}

function bool(field: TypedField): boolean | undefined {
  if (field.kind === FieldKind.Bool) return field.bytes[0]! <= 1 ? field.bytes[0] === 1 : undefined;
  const text = word("true", "false")(field);
  return text === undefined ? undefined : text === "true";
}

function saveCount(field: TypedField): number | undefined {
  const value = fieldValue(field);
  const isCountText = field.kind === FieldKind.Text && /^\d{1,9}$/.test(value as string);
  const count = field.kind === FieldKind.U32 || isCountText ? Number(value) : 0;
  return count >= 1 && count <= SAVE_COUNT_MAX ? count : undefined;
}
