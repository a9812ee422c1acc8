import { encodeBatchUnchecked } from "../batch/encode-batch.js";
import { COMMANDS } from "../command-table.js";
import type { Consumer } from "../primitives/consumer.js";
import type { Identifier } from "../primitives/identifier.js";
import type { Option } from "../primitives/options.js";
import type { Partitioning } from "../primitives/partitioning.js";
import type { PollingStrategy } from "../primitives/polling-strategy.js";
import { topicOptions } from "../primitives/topic-options.js";
import { encodeUserHeaders } from "../primitives/user-headers.js";
import { permissionsOf } from "./permission-values.js";
import { userHeaderOf } from "./user-header-values.js";
import { bytesOf, integerOf, isVector, listOf, textOf, type Vector } from "./vector.js";

const numberOf = (args: Vector, field: string): number => Number(integerOf(args, field));
const stream = (args: Vector) => ({ stream: identifierOf(args, "streamId") });
const topic = (args: Vector) => ({ ...stream(args), topic: identifierOf(args, "topicId") });
const group = (args: Vector) => ({ ...topic(args), group: identifierOf(args, "groupId") });
const user = (args: Vector) => ({ user: identifierOf(args, "userId") });
const reader = (args: Vector) => ({
  ...topic(args),
  consumer: consumerOf(args),
  partitionId:
    args.partitionId === null || args.partitionId === undefined ? null : numberOf(args, "partitionId"),
});
const partitionCount = (args: Vector) => ({
  ...topic(args),
  count: args.partitionCount === undefined ? 1 : numberOf(args, "partitionCount"),
});
const nothing = (): undefined => undefined;

/** Requests of this library from arguments as the official Node client names them, by command code. */
export const REQUEST_OF_ARGUMENTS: ReadonlyMap<number, (args: Vector) => unknown> = new Map<
  number,
  (args: Vector) => unknown
>([
  [COMMANDS.ping.code, nothing],
  [COMMANDS.getStats.code, nothing],
  [COMMANDS.getClusterMetadata.code, nothing],
  [COMMANDS.getMe.code, nothing],
  [COMMANDS.getClients.code, nothing],
  [COMMANDS.getUsers.code, nothing],
  [COMMANDS.getTokens.code, nothing],
  [COMMANDS.getStreams.code, nothing],
  [COMMANDS.logout.code, nothing],
  [
    COMMANDS.describeOptions.code,
    (args) => ({ scope: ["topic", "stream", "user"][numberOf(args, "scope") - 1] }),
  ],
  [COMMANDS.getClient.code, (args) => ({ clientId: numberOf(args, "clientId") })],
  [COMMANDS.getUser.code, user],
  [COMMANDS.deleteUser.code, user],
  [
    COMMANDS.createUser.code,
    (args) => ({
      username: textOf(args, "username"),
      password: textOf(args, "password"),
      status: numberOf(args, "status"),
      permissions: isVector(args.permissions) ? permissionsOf(args.permissions) : null,
      options: [],
    }),
  ],
  [
    COMMANDS.updateUser.code,
    (args) => ({
      ...user(args),
      username: typeof args.username === "string" ? args.username : null,
      status: args.status === undefined || args.status === null ? null : numberOf(args, "status"),
      options: [],
    }),
  ],
  [
    COMMANDS.updatePermissions.code,
    (args) => ({
      ...user(args),
      permissions: isVector(args.permissions) ? permissionsOf(args.permissions) : null,
    }),
  ],
  [
    COMMANDS.changePassword.code,
    (args) => ({
      ...user(args),
      currentPassword: textOf(args, "currentPassword"),
      newPassword: textOf(args, "newPassword"),
    }),
  ],
  [
    COMMANDS.createToken.code,
    (args) => ({ name: textOf(args, "name"), lifetimeMicros: integerOf(args, "expiry") || null }),
  ],
  [COMMANDS.deleteToken.code, (args) => ({ name: textOf(args, "name") })],
  [COMMANDS.getStream.code, stream],
  [COMMANDS.deleteStream.code, stream],
  [COMMANDS.purgeStream.code, stream],
  [COMMANDS.createStream.code, (args) => ({ name: textOf(args, "name"), options: [] })],
  [COMMANDS.updateStream.code, (args) => ({ ...stream(args), name: textOf(args, "name"), options: [] })],
  [COMMANDS.getTopics.code, stream],
  [COMMANDS.getTopic.code, topic],
  [COMMANDS.deleteTopic.code, topic],
  [COMMANDS.purgeTopic.code, topic],
  [
    COMMANDS.createTopic.code,
    (args) => ({
      ...stream(args),
      partitionCount: numberOf(args, "partitionCount"),
      name: textOf(args, "name"),
      options: optionsOf(args),
    }),
  ],
  [
    COMMANDS.updateTopic.code,
    (args) => ({ ...topic(args), name: textOf(args, "name"), options: optionsOf(args) }),
  ],
  [COMMANDS.createPartitions.code, partitionCount],
  [COMMANDS.deletePartitions.code, partitionCount],
  [
    COMMANDS.deleteSegments.code,
    (args) => ({
      ...topic(args),
      partitionId: numberOf(args, "partitionId"),
      segmentCount: numberOf(args, "segmentsCount"),
    }),
  ],
  [COMMANDS.getGroup.code, group],
  [COMMANDS.deleteGroup.code, group],
  [COMMANDS.joinGroup.code, group],
  [COMMANDS.leaveGroup.code, group],
  [COMMANDS.syncGroup.code, group],
  [COMMANDS.getGroups.code, topic],
  [COMMANDS.createGroup.code, (args) => ({ ...topic(args), name: textOf(args, "name") })],
  [COMMANDS.getOffset.code, reader],
  [
    COMMANDS.storeOffset.code,
    (args) => ({ ...reader(args), offset: integerOf(args, "offset"), ack: "quorum" }),
  ],
  [COMMANDS.deleteOffset.code, (args) => ({ ...reader(args), ack: "quorum" })],
  [
    COMMANDS.pollMessages.code,
    (args) => ({
      ...reader(args),
      strategy: strategyOf(args),
      count: numberOf(args, "count"),
      autoCommit: args.autocommit === true,
    }),
  ],
  [
    COMMANDS.flushUnsavedBuffer.code,
    // The client has no argument for it.
    (args) => ({ ...topic(args), partitionId: numberOf(args, "partitionId"), fsync: args.fsync === true }),
  ],
  [COMMANDS.sendMessages.code, sendOf],
]);

function identifierOf(args: Vector, field: string): Identifier {
  const value = args[field];
  if (typeof value === "number" || typeof value === "string") return value;
  throw new Error(`the vector has no identifier "${field}"`);
}

function consumerOf(args: Vector): Consumer {
  const { consumer } = args;
  if (!isVector(consumer)) throw new Error(`the vector has no "consumer"`);
  return { kind: numberOf(consumer, "kind") === 2 ? "group" : "consumer", id: identifierOf(consumer, "id") };
}

function strategyOf(args: Vector): PollingStrategy {
  const { pollingStrategy } = args;
  if (!isVector(pollingStrategy)) throw new Error(`the vector has no "pollingStrategy"`);
  const kind = (["offset", "timestamp", "first", "last", "next"] as const)[
    numberOf(pollingStrategy, "kind") - 1
  ];
  if (kind === "offset" || kind === "timestamp") return { kind, value: integerOf(pollingStrategy, "value") };
  if (kind === undefined) throw new Error("the polling strategy of the vector has no kind of 1 to 5");
  if (BigInt((pollingStrategy.value as string | undefined) ?? 0) !== 0n) {
    throw new Error(`the polling strategy "${kind}" of the vector has a value, where none is sent`);
  }
  return { kind };
}

/** The client leaves out what a server takes for "not given": compression none, expiry and size 0. */
function optionsOf(args: Vector): Option[] {
  const whole = (field: string): bigint | undefined =>
    args[field] === undefined || args[field] === null ? undefined : integerOf(args, field);
  const flag = (field: string): boolean | undefined =>
    typeof args[field] === "boolean" ? args[field] : undefined;
  const small = (field: string): number | undefined => {
    const value = whole(field);
    return value === undefined ? undefined : Number(value);
  };
  return topicOptions({
    compressionAlgorithm: whole("compressionAlgorithm") === 2n ? "gzip" : undefined,
    messageExpiryMicros: whole("messageExpiry") || undefined,
    maxTopicBytes: whole("maxTopicSize") || undefined,
    segmentBytes: small("segmentSize"),
    enforceFsync: flag("enforceFsync"),
    messagesRequiredToSave: small("messagesRequiredToSave"),
    bytesRequiredToSave: small("sizeOfMessagesRequiredToSave"),
    preallocateSegments: flag("preallocateSegments"),
  });
}

function sendOf(args: Vector): unknown {
  const messages = listOf(args, "messages");
  const batch = encodeBatchUnchecked(
    messages.map((message) => ({
      id: messageIdOf(message),
      originMicros: integerOf(message, "originTimestamp"),
      payload: new TextEncoder().encode(textOf(message, "payload")),
      headers: encodedHeadersOf(message),
    })),
  );
  return { ...topic(args), partitioning: partitioningOf(args), messageCount: messages.length, batch };
}

/** A number, or a UUID, whose text is the number in hex. */
export function messageIdOf(message: Vector): bigint {
  const { id } = message;
  return typeof id === "string" && id.includes("-")
    ? BigInt(`0x${id.replaceAll("-", "")}`)
    : integerOf(message, "id");
}

function encodedHeadersOf(message: Vector): Uint8Array | undefined {
  if (typeof message.userHeaders === "string") return bytesOf(message, "userHeaders");
  return Array.isArray(message.headers)
    ? encodeUserHeaders(listOf(message, "headers").map(userHeaderOf))
    : undefined;
}

/** Vectors describe a partitioning in words and do not say which key was taken: the recorder used 42. */
const RECORDED_KEY = 42;

function partitioningOf(args: Vector): Partitioning {
  const text = textOf(args, "partitioning");
  if (text === "balanced") return { kind: "balanced" };
  const partition = /^partition id (\d+)$/.exec(text);
  if (partition) return { kind: "partition", partitionId: Number(partition[1]) };
  const key = /^u(32|64) key(?: (\d+))?$/.exec(text);
  if (!key) throw new UnmappableArguments(`partitioning "${text}"`);
  const bytes = new Uint8Array(Number(key[1]) / 8);
  new DataView(bytes.buffer).setUint32(0, Number(key[2] ?? RECORDED_KEY), true);
  return { kind: "key", key: bytes };
}

/** Arguments that no request can be made of; the body is then checked by decoding and encoding alone. */
export class UnmappableArguments extends Error {}
