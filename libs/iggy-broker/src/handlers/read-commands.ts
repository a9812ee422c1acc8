import { COMMANDS, IggyErrorCode } from "@ims/iggy-protocol";
import { OPTION_RULES } from "../catalog/option-rules.js";
import { defaultField } from "../catalog/topic-settings.js";
import { getSnapshot } from "../snapshot/server-snapshot.js";
import type { BrokerContext } from "./broker-context.js";
import type { Caller } from "./caller.js";
import { getClient, getClients, getMe } from "./client-commands.js";
import { decodeOr } from "./decode-or.js";
import { getGroup, getGroups, syncGroup } from "./group-commands.js";
import { getOffset } from "./offset-commands.js";
import { requireRight } from "./permission.js";
import { pollMessages } from "./poll-messages.js";
import type { ReplyPieces } from "./reply-pieces.js";
import { serverStats } from "./server-stats.js";
import { getTokens } from "./token-commands.js";
import { getUser, getUsers } from "./user-commands.js";

/** Answers with the payload, in one or several pieces. */
export type ReadCommand = (
  context: BrokerContext,
  body: Uint8Array,
  caller: Caller,
) => Uint8Array | Promise<Uint8Array | ReplyPieces>;

const NOTHING = new Uint8Array(0);

function getStream(context: BrokerContext, body: Uint8Array, caller: Caller): Uint8Array {
  const { codec } = COMMANDS.getStream;
  const stream = context.catalog.streams.find(decodeOr(codec, body, IggyErrorCode.InvalidCommand).stream);
  if (stream !== undefined) requireRight(caller.user, "readStream", stream.id);
  return codec.encodeReply(stream ? context.records.streamDetails(stream) : null);
}

function getStreams(context: BrokerContext, _body: Uint8Array, caller: Caller): Uint8Array {
  requireRight(caller.user, "readStreams");
  const streams = context.catalog.streams.sorted().map((stream) => context.records.stream(stream));
  return COMMANDS.getStreams.codec.encodeReply(streams);
}

function getTopic(context: BrokerContext, body: Uint8Array, caller: Caller): Uint8Array {
  const { codec } = COMMANDS.getTopic;
  const { stream, topic } = decodeOr(codec, body, IggyErrorCode.InvalidCommand);
  const found = context.catalog.findTopic(stream, topic);
  if (found !== undefined) requireRight(caller.user, "readTopic", found.stream.id, found.topic.id);
  return codec.encodeReply(found ? context.records.topicDetails(found.topic, 1) : null);
}

function getTopics(context: BrokerContext, body: Uint8Array, caller: Caller): Uint8Array {
  const { codec } = COMMANDS.getTopics;
  const stream = context.catalog.streams.find(decodeOr(codec, body, IggyErrorCode.InvalidCommand).stream);
  if (stream !== undefined) requireRight(caller.user, "readTopics", stream.id);
  return codec.encodeReply(stream?.topics.sorted().map((topic) => context.records.topic(topic)) ?? []);
}

/** Clients that find one healthy leader at the address they use stay there. */
function getClusterMetadata(context: BrokerContext): Uint8Array {
  const { host, port } = context.endpoint();
  return COMMANDS.getClusterMetadata.codec.encodeReply({
    name: "single-node",
    nodes: [
      {
        name: "iggy-node",
        ip: host,
        tcpPort: port,
        quicPort: 0,
        httpPort: 0,
        webSocketPort: 0,
        role: "leader",
        status: "healthy",
      },
    ],
  });
}

function describeOptions(_context: BrokerContext, body: Uint8Array): Uint8Array {
  const { codec } = COMMANDS.describeOptions;
  const { scope } = decodeOr(codec, body, IggyErrorCode.InvalidCommand);
  if (scope !== "topic") return codec.encodeReply([]);
  return codec.encodeReply(
    OPTION_RULES.flatMap((rule) =>
      rule.description === undefined
        ? []
        : [
            {
              key: rule.key,
              kind: rule.kind,
              defaultValue: defaultField(rule).bytes,
              description: rule.description,
            },
          ],
    ),
  );
}

/** Commands that change nothing global, by code. Ping is among them for connections with a session too. */
export const READ_COMMANDS: ReadonlyMap<number, ReadCommand> = new Map<number, ReadCommand>([
  [COMMANDS.ping.code, () => NOTHING],
  [COMMANDS.getStats.code, serverStats],
  [COMMANDS.getClusterMetadata.code, getClusterMetadata],
  [COMMANDS.describeOptions.code, describeOptions],
  [COMMANDS.getSnapshot.code, getSnapshot],
  [COMMANDS.getMe.code, getMe],
  [COMMANDS.getClient.code, getClient],
  [COMMANDS.getClients.code, getClients],
  [COMMANDS.getUser.code, getUser],
  [COMMANDS.getUsers.code, getUsers],
  [COMMANDS.getTokens.code, getTokens],
  [COMMANDS.getStream.code, getStream],
  [COMMANDS.getStreams.code, getStreams],
  [COMMANDS.getTopic.code, getTopic],
  [COMMANDS.getTopics.code, getTopics],
  [COMMANDS.pollMessages.code, pollMessages],
  [COMMANDS.getOffset.code, getOffset],
  [COMMANDS.getGroup.code, getGroup],
  [COMMANDS.getGroups.code, getGroups],
  [COMMANDS.syncGroup.code, syncGroup],
]);
