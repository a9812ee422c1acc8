import { COMMANDS } from "./command-table.js";
import { isCompatibleProtocol, PROTOCOL_VERSION } from "./primitives/protocol-version.js";
import { TOPIC_OPTION_KEYS, type TopicOptions } from "./primitives/topic-options.js";
import type { DialectVariant, ProtocolDialect } from "./table/dialect.js";

const COMMON_TOPIC_OPTIONS = [
  "compressionAlgorithm",
  "messageExpiryMicros",
  "maxTopicBytes",
  "segmentBytes",
  "messagesRequiredToSave",
  "bytesRequiredToSave",
  "preallocateSegments",
] as const satisfies readonly (keyof TopicOptions)[];

/** Server 0.9.0-edge.5 and the clients of its time. */
export const EDGE_VARIANT: DialectVariant = {
  name: "0.11.0-edge",
  topicOptions: [...COMMON_TOPIC_OPTIONS, "enforceFsync"],
  clusterReads: [],
  stampsChecksums: false,
};

/** The released crates of 0.11.0 and what is built of them, such as the Python wheel 0.9.0. */
export const RELEASE_VARIANT: DialectVariant = {
  name: "0.11.0",
  topicOptions: [...COMMON_TOPIC_OPTIONS, "durability", "consumerOffsetDurability"],
  clusterReads: [
    { code: 14, name: "session.attach-consumer", meaning: "another connection acts for a group member" },
    { code: 103, name: "message.poll-routing", meaning: "which node serves polls of a partition" },
    { code: 104, name: "message.poll-on-primary", meaning: "a poll at that node" },
    { code: 123, name: "offset.routing", meaning: "which node takes offsets of a partition" },
  ],
  stampsChecksums: true,
};

/** Protocol 0.11: one table, two variants. A later version is described by its differences, see `describeDialect`. */
export const DIALECT_0_11: ProtocolDialect<typeof COMMANDS> = {
  name: "0.11",
  version: PROTOCOL_VERSION,
  commands: COMMANDS,
  variants: [EDGE_VARIANT, RELEASE_VARIANT],
};

const DIALECTS = [DIALECT_0_11] as const;

/** The dialect of a packed protocol version, whatever its patch; `undefined` for a version that is not spoken here. */
export function protocolDialect(version: number): (typeof DIALECTS)[number] | undefined {
  return DIALECTS.find((dialect) => isCompatibleProtocol(version, dialect.version));
}

/**
 * The variant of a server by the keys of its option catalog for topics (`describeOptions`), which is the only place
 * where it shows.
 */
export function variantOfCatalog(topicOptionKeys: Iterable<string>): DialectVariant {
  const keys = new Set(topicOptionKeys);
  return keys.has(TOPIC_OPTION_KEYS.durability.key) ? RELEASE_VARIANT : EDGE_VARIANT;
}
