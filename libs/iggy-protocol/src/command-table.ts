import type { CommandCodec } from "./commands/command-codec.js";
import { createPartitions } from "./commands/create-partitions.js";
import { createStream } from "./commands/create-stream.js";
import { createTopic } from "./commands/create-topic.js";
import { deleteOffset } from "./commands/delete-offset.js";
import { deletePartitions } from "./commands/delete-partitions.js";
import { deleteStream } from "./commands/delete-stream.js";
import { deleteTopic } from "./commands/delete-topic.js";
import { describeOptions } from "./commands/describe-options.js";
import { getClusterMetadata } from "./commands/get-cluster-metadata.js";
import { getMe } from "./commands/get-me.js";
import { getOffset } from "./commands/get-offset.js";
import { getStats } from "./commands/get-stats.js";
import { getStream } from "./commands/get-stream.js";
import { getStreams } from "./commands/get-streams.js";
import { getTopic } from "./commands/get-topic.js";
import { getTopics } from "./commands/get-topics.js";
import { login } from "./commands/login.js";
import { logout } from "./commands/logout.js";
import { ping } from "./commands/ping.js";
import { pollMessages } from "./commands/poll-messages.js";
import { purgeStream } from "./commands/purge-stream.js";
import { purgeTopic } from "./commands/purge-topic.js";
import { sendMessages } from "./commands/send-messages.js";
import { storeOffset } from "./commands/store-offset.js";
import { updateStream } from "./commands/update-stream.js";
import { updateTopic } from "./commands/update-topic.js";
import { committedOperation, isResultFramed, Operation } from "./frame/operation.js";

/**
 * What a client may do after an unknown outcome.
 * - `read`: send again, nothing changes.
 * - `numbered`: the same frame on the same session is executed once; on a new session it would be executed again.
 * - `repeatable`: executing it twice has the effect of once.
 * - `appends`: sending again may store the messages twice.
 */
export type RetryClass = "read" | "numbered" | "repeatable" | "appends";

/** One row of the command table. `Request` and `Reply` are the types of the codec. */
export interface Command<Request, Reply> {
  /** Dotted noun and verb, for logs and documentation. */
  readonly name: string;
  readonly code: number;
  /** Operation byte of the request; `NonReplicated` requests carry the code in their header. */
  readonly operation: number;
  /** Operation byte of a committed reply. */
  readonly replyOperation: number;
  /** Whether a successful reply has a result section in front of its payload. */
  readonly resultFramed: boolean;
  readonly needsSession: boolean;
  readonly retry: RetryClass;
  readonly codec: CommandCodec<Request, Reply>;
}

function read<Request, Reply>(
  name: string,
  code: number,
  codec: CommandCodec<Request, Reply>,
  needsSession = true,
): Command<Request, Reply> {
  return {
    name,
    code,
    operation: Operation.NonReplicated,
    replyOperation: Operation.NonReplicated,
    resultFramed: false,
    needsSession,
    retry: "read",
    codec,
  };
}

function write<Request, Reply>(
  name: string,
  code: number,
  operation: number,
  codec: CommandCodec<Request, Reply>,
  retry: RetryClass = "numbered",
  needsSession = true,
): Command<Request, Reply> {
  const replyOperation = committedOperation(operation);
  const resultFramed = isResultFramed(replyOperation, 4);
  return { name, code, operation, replyOperation, resultFramed, needsSession, retry, codec };
}

/** Every command of protocol 0.11 that this library speaks. */
export const COMMANDS = {
  ping: read("system.ping", 1, ping, false),
  getStats: read("system.stats", 10, getStats),
  getClusterMetadata: read("system.cluster-metadata", 12, getClusterMetadata),
  describeOptions: read("system.describe-options", 13, describeOptions),
  getMe: read("client.me", 20, getMe),
  logout: write("session.logout", 39, Operation.Logout, logout, "repeatable", false),
  login: write("session.login", 40, Operation.Register, login, "repeatable", false),
  pollMessages: read("message.poll", 100, pollMessages),
  sendMessages: write("message.send", 101, Operation.SendMessages, sendMessages, "appends"),
  getOffset: read("offset.get", 120, getOffset),
  storeOffset: write("offset.store", 121, Operation.StoreConsumerOffset, storeOffset, "repeatable"),
  deleteOffset: write("offset.delete", 122, Operation.DeleteConsumerOffset, deleteOffset, "repeatable"),
  getStream: read("stream.get", 200, getStream),
  getStreams: read("stream.list", 201, getStreams),
  createStream: write("stream.create", 202, Operation.CreateStream, createStream),
  deleteStream: write("stream.delete", 203, Operation.DeleteStream, deleteStream),
  updateStream: write("stream.update", 204, Operation.UpdateStream, updateStream),
  purgeStream: write("stream.purge", 205, Operation.PurgeStream, purgeStream),
  getTopic: read("topic.get", 300, getTopic),
  getTopics: read("topic.list", 301, getTopics),
  createTopic: write("topic.create", 302, Operation.CreateTopic, createTopic),
  deleteTopic: write("topic.delete", 303, Operation.DeleteTopic, deleteTopic),
  updateTopic: write("topic.update", 304, Operation.UpdateTopic, updateTopic),
  purgeTopic: write("topic.purge", 305, Operation.PurgeTopic, purgeTopic),
  createPartitions: write("partition.create", 402, Operation.CreatePartitions, createPartitions),
  deletePartitions: write("partition.delete", 403, Operation.DeletePartitions, deletePartitions),
} as const;

export type CommandName = keyof typeof COMMANDS;
export type AnyCommand = (typeof COMMANDS)[CommandName];

const BY_CODE: ReadonlyMap<number, AnyCommand> = new Map(
  Object.values(COMMANDS).map((command) => [command.code, command]),
);
const BY_OPERATION: ReadonlyMap<number, AnyCommand> = new Map(
  Object.values(COMMANDS)
    .filter((command) => command.operation !== Operation.NonReplicated)
    .map((command) => [command.operation, command]),
);

/** The row of a request header, or `undefined` for a command that this library does not speak. */
export function commandOf(header: {
  readonly operation: number;
  readonly code: number;
}): AnyCommand | undefined {
  return header.operation === Operation.NonReplicated
    ? BY_CODE.get(header.code)
    : BY_OPERATION.get(header.operation);
}

/** Codes of commands that have an operation of their own and are refused (5) when they come as NonReplicated. */
export const REPLICATED_CODES: ReadonlySet<number> = new Set([
  33, 34, 35, 36, 37, 42, 43, 101, 121, 122, 202, 203, 204, 205, 302, 303, 304, 305, 402, 403, 503, 602, 603,
  604, 605,
]);
