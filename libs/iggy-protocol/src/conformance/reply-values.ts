import { PolledBatches } from "../batch/polled-batches.js";
import { COMMANDS } from "../command-table.js";
import type { CommandCodec } from "../commands/command-codec.js";
import type { ServerStats } from "../commands/get-stats.js";
import type { Option } from "../primitives/options.js";
import { fieldValue } from "../primitives/typed-field.js";
import type { ClientConnection, ClientDetails, ClientRecord } from "../records/client-record.js";
import type { GroupDetails, GroupRecord } from "../records/group-record.js";
import type { StreamRecord } from "../records/stream-record.js";
import type { PartitionRecord, TopicDetails, TopicRecord } from "../records/topic-record.js";
import type { UserDetails, UserRecord } from "../records/user-record.js";
import { permissionsView } from "./permission-values.js";
import { userHeaderView } from "./user-header-values.js";
import type { Vector } from "./vector.js";

type View = (reply: never, payload: Uint8Array) => unknown;

const done = (): boolean => true;
const orNull =
  <Reply>(view: (reply: Reply) => unknown) =>
  (reply: Reply | null): unknown =>
    reply === null ? null : view(reply);
const each =
  <Reply>(view: (reply: Reply) => unknown) =>
  (replies: readonly Reply[]): unknown =>
    replies.map(view);

/** Replies of this library in the names of the official Node client, by command code; absent for other commands. */
export const VIEW_OF_REPLY: ReadonlyMap<number, View> = new Map<number, View>([
  ...[
    COMMANDS.ping,
    COMMANDS.logout,
    COMMANDS.storeOffset,
    COMMANDS.deleteOffset,
    COMMANDS.deleteStream,
    COMMANDS.updateStream,
    COMMANDS.purgeStream,
    COMMANDS.deleteTopic,
    COMMANDS.updateTopic,
    COMMANDS.purgeTopic,
    COMMANDS.createPartitions,
    COMMANDS.deletePartitions,
    COMMANDS.deleteSegments,
    COMMANDS.deleteGroup,
    COMMANDS.joinGroup,
    COMMANDS.leaveGroup,
    COMMANDS.deleteUser,
    COMMANDS.updateUser,
    COMMANDS.updatePermissions,
    COMMANDS.changePassword,
    COMMANDS.deleteToken,
    COMMANDS.flushUnsavedBuffer,
  ].map(({ code }) => [code, done] as const),
  [COMMANDS.getStats.code, statsView],
  [COMMANDS.getClusterMetadata.code, clusterView],
  [COMMANDS.describeOptions.code, (catalog: unknown) => catalog],
  [COMMANDS.getMe.code, orNull(clientDetailsView)],
  [COMMANDS.getClient.code, orNull(clientDetailsView)],
  [COMMANDS.getClients.code, each(clientRecordView)],
  [COMMANDS.getUser.code, orNull(userDetailsView)],
  [COMMANDS.getUsers.code, each(userView)],
  [COMMANDS.createUser.code, userDetailsView],
  [COMMANDS.getTokens.code, each(tokenView)],
  [COMMANDS.createToken.code, (reply: unknown) => reply],
  [COMMANDS.pollMessages.code, pollView],
  [COMMANDS.sendMessages.code, (confirmations: unknown) => ({ confirmations })],
  [COMMANDS.getOffset.code, orNull((offset) => offset)],
  [COMMANDS.getStream.code, orNull(streamView)],
  [COMMANDS.getStreams.code, each(streamView)],
  [COMMANDS.createStream.code, streamView],
  [COMMANDS.getTopic.code, orNull(topicDetailsView)],
  [COMMANDS.getTopics.code, each(topicView)],
  [COMMANDS.createTopic.code, topicDetailsView],
  [COMMANDS.getGroup.code, orNull(groupDetailsView)],
  [COMMANDS.getGroups.code, each(groupView)],
  [COMMANDS.createGroup.code, groupDetailsView],
  [
    COMMANDS.syncGroup.code,
    orNull(({ generation, partitionIds }) => ({ generation, partitions: partitionIds, partitionIds })),
  ],
  [COMMANDS.login.code, (reply: unknown) => reply],
] as [number, View][]);

/** Parts of a body that the client skips and vectors list beside its values. */
export function skippedParts(code: number, reply: unknown): Vector {
  if (code === COMMANDS.getMe.code || code === COMMANDS.getClient.code) {
    return { groups: (reply as ClientDetails).groups };
  }
  if (code === COMMANDS.getGroup.code) return { members: memberViews(reply as GroupDetails) };
  if (code === COMMANDS.getStream.code || code === COMMANDS.createStream.code) {
    return { topics: (reply as { topics: TopicRecord[] }).topics.map(topicView) };
  }
  return {};
}

/** The reply codec without its types. */
export function replyCodec(command: { readonly codec: unknown }): CommandCodec<unknown, unknown> {
  return command.codec as CommandCodec<unknown, unknown>;
}

function optionsView(options: readonly Option[]): Vector {
  return Object.fromEntries(options.map(({ key, value }) => [key, fieldValue(value)]));
}

function streamView(stream: StreamRecord): Vector {
  const { id, name, topicCount, messageCount, sizeBytes, createdAtMicros } = stream;
  return {
    id,
    name,
    topicsCount: topicCount,
    messagesCount: messageCount,
    sizeBytes,
    createdAt: createdAtMicros,
    options: optionsView(stream.options),
  };
}

function topicView(topic: TopicRecord): Vector {
  return {
    id: topic.id,
    name: topic.name,
    createdAt: topic.createdAtMicros,
    partitionsCount: topic.partitionCount,
    compressionAlgorithm: topic.compressionAlgorithm === "gzip" ? 2 : 1,
    maxTopicSize: topic.maxTopicBytes,
    messageExpiry: topic.messageExpiryMicros,
    messagesCount: topic.messageCount,
    sizeBytes: topic.sizeBytes,
    options: optionsView(topic.options),
    derivedOptions: optionsView(topic.derivedOptions),
    // Lists show none: only one topic at a time comes with them.
    partitions: [],
  };
}

function topicDetailsView(topic: TopicDetails): Vector {
  return { ...topicView(topic), partitions: topic.partitions.map(partitionView) };
}

function partitionView(partition: PartitionRecord): Vector {
  const { id, createdAtMicros, segmentCount, currentOffset, sizeBytes, messageCount } = partition;
  return {
    id,
    createdAt: createdAtMicros,
    segmentsCount: segmentCount,
    currentOffset,
    sizeBytes,
    messagesCount: messageCount,
  };
}

function groupView({ id, name, partitionCount, memberCount }: GroupRecord): Vector {
  return { id, name, partitionsCount: partitionCount, membersCount: memberCount };
}

function memberViews(group: GroupDetails): Vector[] {
  return group.members.map(({ id, partitionIds }) => ({ id, partitions: partitionIds }));
}

function groupDetailsView(group: GroupDetails): Vector {
  return { ...groupView(group), members: memberViews(group) };
}

const TRANSPORTS = new Map([
  [1, "tcp"],
  [2, "quic"],
]);

function connectionView({ clientId, userId, transport, address }: ClientConnection): Vector {
  return {
    clientId,
    userId: userId ?? 0xffff_ffff,
    transport: TRANSPORTS.get(transport) ?? `unknown_transport_${transport}`,
    address,
  };
}

function clientRecordView(client: ClientRecord): Vector {
  return { ...connectionView(client), consumerGroupCount: client.groupCount };
}

function clientDetailsView(client: ClientDetails): Vector {
  return { ...connectionView(client), consumerGroupCount: client.groups.length, groups: client.groups };
}

function userView({ id, createdAtMicros, status, username, options }: UserRecord): Vector {
  return {
    id,
    createdAt: createdAtMicros,
    status: typeof status === "number" ? `Unknown${status}` : capitalised(status),
    userName: username,
    options: optionsView(options),
  };
}

function userDetailsView(user: UserDetails): Vector {
  return { ...userView(user), permissions: permissionsView(user.permissions) };
}

/** The client shows a token that never expires with the time 0. */
function tokenView({ name, expiresAtMicros }: { name: string; expiresAtMicros: bigint | null }): Vector {
  return { name, expiry: expiresAtMicros ?? 0n };
}

function clusterView(cluster: {
  readonly name: string;
  readonly nodes: readonly {
    readonly name: string;
    readonly ip: string;
    readonly tcpPort: number;
    readonly quicPort: number;
    readonly httpPort: number;
    readonly webSocketPort: number;
    readonly role: string;
    readonly status: string;
  }[];
}): Vector {
  return {
    name: cluster.name,
    nodes: cluster.nodes.map(({ name, ip, tcpPort, quicPort, httpPort, webSocketPort, role, status }) => ({
      name,
      ip,
      endpoints: { tcp: tcpPort, quic: quicPort, http: httpPort, websocket: webSocketPort },
      role: capitalised(role),
      status: capitalised(status),
    })),
  };
}

function statsView(stats: ServerStats): Vector {
  return {
    processId: stats.processId,
    cpuUsage: stats.cpuPercent,
    totalCpuUsage: stats.totalCpuPercent,
    memoryUsage: stats.memoryBytes,
    totalMemory: stats.totalMemoryBytes,
    availableMemory: stats.availableMemoryBytes,
    runTime: stats.runTimeMicros,
    startTime: stats.startedAtMicros,
    readBytes: stats.readBytes,
    writtenBytes: stats.writtenBytes,
    messagesSizeBytes: stats.messagesBytes,
    streamsCount: stats.streamCount,
    topicsCount: stats.topicCount,
    partitionsCount: stats.partitionCount,
    segmentsCount: stats.segmentCount,
    messagesCount: stats.messageCount,
    clientsCount: stats.clientCount,
    consumersGroupsCount: stats.consumerGroupCount,
    hostname: stats.hostname,
    osName: stats.osName,
    osVersion: stats.osVersion,
    kernelVersion: stats.kernelVersion,
  };
}

/** Every message with its checksum; all checksums of the reply are verified on the way. */
function pollView(_reply: unknown, payload: Uint8Array): Vector {
  const polled = new PolledBatches(payload);
  polled.verifyChecksums();
  const messages: Vector[] = [];
  while (polled.next()) {
    messages.push({
      headers: {
        checksum: polled.view.getBigUint64(polled.idStart - 8, true),
        id: (polled.idHigh << 64n) | polled.idLow,
        offset: polled.offset,
        timestamp: polled.timestampMicros,
        originTimestamp: polled.originMicros,
        userHeadersLength: polled.headersLength,
        payloadLength: polled.payloadLength,
        reserved: 0n,
      },
      payload: polled.payload(),
      userHeaders: polled.headers().map(userHeaderView),
    });
  }
  const { partitionId, currentOffset, messageCount } = polled;
  return { partitionId, currentOffset, count: messageCount, messages };
}

function capitalised(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
