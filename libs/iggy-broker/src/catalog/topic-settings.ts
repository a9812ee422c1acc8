import {
  IggyErrorCode,
  type Option,
  option,
  type TypedField,
  typedField,
  UNLIMITED,
} from "@ims/iggy-protocol";
import { statusRefusal } from "../handlers/refusal.js";
import { OPTION_RULES, type OptionRule, type OptionValue, optionRule } from "./option-rules.js";

const PREALLOCATED_BYTES_MAX = 64n << 30n;

/** What the broker does with a topic's options. */
export interface TopicSettings {
  readonly compressionAlgorithm: "none" | "gzip";
  readonly messageExpiryMicros: bigint;
  readonly maxTopicBytes: bigint;
  readonly segmentBytes: number;
  /** When messages are synced. */
  readonly messageSync: TopicSync;
  /** When stored offsets are synced. */
  readonly offsetSync: TopicSync;
}

/** `always`: before the reply; `interval`: at most `syncIntervalMillis` later; `none`: when the broker stops. */
export type TopicSync = "none" | "interval" | "always";

/** What the words of the two durability options ask for. */
const SYNC_OF: Readonly<Record<string, TopicSync>> = {
  none: "none",
  replicated: "interval",
  persisted: "always",
};

/** Checks the options of a create and gives them in canonical kinds, without those that ask for a default. */
export function canonicalOptions(options: readonly Option[], partitionCount: number): Option[] {
  const canonical: Option[] = [];
  for (const { key, value } of options) {
    const rule = optionRule(key);
    if (rule === undefined) throw statusRefusal(IggyErrorCode.UnsupportedOptionKey);
    const parsed = checkedValue(rule, value);
    if (parsed !== rule.absent) canonical.push(option(key, rule.kind, parsed));
  }
  const settings = topicSettings(canonical);
  checkTopicSize(settings);
  const preallocates = effective(canonical, "preallocate_segments") === true;
  if (preallocates && BigInt(settings.segmentBytes) * BigInt(partitionCount) > PREALLOCATED_BYTES_MAX) {
    throw statusRefusal(IggyErrorCode.InvalidOptionValue);
  }
  return byKey(canonical);
}

/** Checks the options of an update, whose values a topic keeps as they were sent. */
export function checkUpdate(options: readonly Option[]): void {
  for (const { key } of options) {
    if (!optionRule(key)?.updatable) throw statusRefusal(IggyErrorCode.UnsupportedOptionKey);
  }
  for (const { key, value } of options) checkedValue(optionRule(key)!, value);
}

/** The options of a topic after an update; those not sent keep their value. */
export function updatedOptions(current: readonly Option[], sent: readonly Option[]): Option[] {
  const sentKeys = new Set(sent.map(({ key }) => key));
  const merged = [...current.filter(({ key }) => !sentKeys.has(key)), ...sent];
  checkTopicSize(topicSettings(merged));
  return byKey(merged);
}

/** The defaults of every listed option that is not among the explicit ones. */
export function derivedOptions(explicit: readonly Option[]): Option[] {
  const given = new Set(explicit.map(({ key }) => key));
  const missing = OPTION_RULES.filter((rule) => rule.description !== undefined && !given.has(rule.key));
  return byKey(missing.map((rule) => option(rule.key, rule.kind, rule.defaultValue)));
}

export function topicSettings(options: readonly Option[]): TopicSettings {
  const syncs = effective(options, "enforce_fsync") === true;
  return {
    compressionAlgorithm: effective(options, "compression_algorithm") === "gzip" ? "gzip" : "none",
    messageExpiryMicros: effective(options, "message_expiry") as bigint,
    maxTopicBytes: effective(options, "max_topic_size") as bigint,
    segmentBytes: Number(effective(options, "segment_size")),
    // The stricter of two that differ.
    messageSync: syncs ? "always" : SYNC_OF[effective(options, "durability") as string]!,
    offsetSync: syncs ? "always" : SYNC_OF[effective(options, "consumer_offset_durability") as string]!,
  };
}

/** The default of an option as it travels in the catalog. */
export function defaultField(rule: OptionRule): TypedField {
  return typedField(rule.kind, rule.defaultValue);
}

function effective(options: readonly Option[], key: string): OptionValue {
  const rule = optionRule(key)!;
  const given = options.find((candidate) => candidate.key === key);
  const value = given && rule.parse(given.value);
  return value === undefined || value === rule.absent ? rule.defaultValue : value;
}

function checkedValue(rule: OptionRule, field: TypedField): OptionValue {
  const value = rule.parse(field);
  if (value === undefined) throw statusRefusal(IggyErrorCode.InvalidOptionValue);
  return value;
}

function checkTopicSize(settings: TopicSettings): void {
  const { maxTopicBytes, segmentBytes } = settings;
  if (maxTopicBytes !== UNLIMITED && maxTopicBytes < BigInt(segmentBytes)) {
    throw statusRefusal(IggyErrorCode.InvalidTopicSize);
  }
}

function byKey(options: Option[]): Option[] {
  return options.sort((left, right) => (left.key < right.key ? -1 : left.key > right.key ? 1 : 0));
}
