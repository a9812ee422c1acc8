import { type ImsError, isImsError, systemClock } from "@ims/common";
import {
  type ClientDetails,
  type ClusterMetadata,
  COMMANDS,
  type ConsumerOffset,
  encodeBatch,
  encodeUserHeaders,
  FRAME_BYTES_MAX,
  type Identifier,
  IggyErrorCode,
  PolledBatches,
  type PollingStrategy,
  type SendPlacement,
  type StreamDetails,
  type StreamRecord,
  type TopicDetails,
  type TopicRecord,
  topicOptions,
} from "@ims/iggy-protocol";
import { parseConnectionString } from "../connection/connection-string.js";
import { randomClientId } from "../connection/log-in.js";
import { RequestRunner } from "../connection/request-runner.js";
import { type ConnectionEvents, ServerConnection } from "../connection/server-connection.js";
import { fail, refusalCode } from "../errors.js";
import { PartitionProducer } from "../producer/partition-producer.js";
import type { ProducerOptions } from "../producer/producer-options.js";
import { awaitFirstSession } from "./await-first-session.js";
import type { ConnectionSettings, ConnectOptions } from "./client-options.js";
import type {
  NewTopic,
  OffsetRequest,
  PollRequest,
  PollStart,
  SendRequest,
  StoreOffsetArguments,
} from "./client-requests.js";

/** Servers drop requests silently when more are in flight on one connection (wire.md section 7). */
const IN_FLIGHT_LIMIT = 64;

/**
 * A client of one Iggy server. It keeps one session alive in the background; calls made while there is none wait for
 * it, at most the request timeout. See the error table for how calls fail.
 */
export class IggyClient {
  private readonly producers = new Set<PartitionProducer>();

  private constructor(
    private readonly connection: ServerConnection,
    private readonly requests: RequestRunner,
  ) {}

  /**
   * Connects and waits for the first session, trying again with growing pauses until the signal aborts or
   * `connectTimeoutMillis` is over. Refused credentials and an incompatible version reject at once.
   */
  static async connect(
    server: string | ConnectionSettings,
    options: ConnectOptions = {},
  ): Promise<IggyClient> {
    const inFlightMax = options.inFlightMax ?? IN_FLIGHT_LIMIT;
    if (!Number.isInteger(inFlightMax) || inFlightMax < 1 || inFlightMax > IN_FLIGHT_LIMIT) {
      throw fail(
        "iggy-client.argument",
        `inFlightMax is ${inFlightMax}, allowed are 1 to ${IN_FLIGHT_LIMIT}`,
      );
    }
    const connection = new ServerConnection(
      typeof server === "string" ? parseConnectionString(server) : server,
      {
        clock: options.clock ?? systemClock,
        random: options.random ?? Math.random,
        log: options.logger,
        requestTimeoutMillis: options.requestTimeoutMillis ?? 30_000,
        inFlightMax,
        frameBytesMax: options.frameBytesMax ?? FRAME_BYTES_MAX,
      },
    );
    try {
      await awaitFirstSession(connection, options.connectTimeoutMillis, options.signal);
    } catch (error) {
      await connection.close();
      throw error;
    }
    return new IggyClient(connection, new RequestRunner(connection, options.queueMax ?? 1024));
  }

  /** Whether there is a session whose hooks are through. */
  get connected(): boolean {
    return this.connection.readySession !== undefined;
  }

  /** Listens to an event; returns a function that ends it. */
  on<Name extends keyof ConnectionEvents>(
    name: Name,
    listener: (...args: ConnectionEvents[Name]) => void,
  ): () => void {
    return this.connection.events.on(name, listener);
  }

  /**
   * Adds a hook that is awaited after every login from now on, before queued sends go out; services create their
   * topology there. In a hook, only administrative calls go through. A hook that rejects ends the session, and
   * connecting starts again after a pause. Returns a function that removes the hook.
   */
  onSession(hook: () => Promise<void>): () => void {
    return this.connection.addHook(hook);
  }

  async ping(): Promise<void> {
    await this.requests.call(COMMANDS.ping, undefined);
  }

  getMe(): Promise<ClientDetails | null> {
    return this.requests.call(COMMANDS.getMe, undefined);
  }

  clusterMetadata(): Promise<ClusterMetadata> {
    return this.requests.call(COMMANDS.getClusterMetadata, undefined);
  }

  createStream(name: string): Promise<StreamDetails> {
    return this.requests.call(COMMANDS.createStream, { name, options: [] });
  }

  getStream(id: Identifier): Promise<StreamDetails | null> {
    return this.requests.call(COMMANDS.getStream, { stream: id });
  }

  listStreams(): Promise<readonly StreamRecord[]> {
    return this.requests.call(COMMANDS.getStreams, undefined);
  }

  async deleteStream(id: Identifier): Promise<void> {
    await this.requests.call(COMMANDS.deleteStream, { stream: id });
  }

  /** The stream of this name, created if it is missing; safe when several clients do so at once. */
  ensureStream(name: string): Promise<StreamDetails> {
    return ensure(
      () => this.getStream(name),
      () => this.createStream(name),
      IggyErrorCode.StreamNameAlreadyExists,
    );
  }

  createTopic(stream: Identifier, topic: NewTopic): Promise<TopicDetails> {
    const options = [...topicOptions(topic.options ?? {}), ...(topic.otherOptions ?? [])];
    return this.requests.call(COMMANDS.createTopic, {
      stream,
      name: topic.name,
      partitionCount: topic.partitionCount,
      options,
    });
  }

  getTopic(stream: Identifier, topic: Identifier): Promise<TopicDetails | null> {
    return this.requests.call(COMMANDS.getTopic, { stream, topic });
  }

  listTopics(stream: Identifier): Promise<readonly TopicRecord[]> {
    return this.requests.call(COMMANDS.getTopics, { stream });
  }

  async deleteTopic(stream: Identifier, topic: Identifier): Promise<void> {
    await this.requests.call(COMMANDS.deleteTopic, { stream, topic });
  }

  /** The topic of this name, created if it is missing. An existing topic is returned as it is, whatever its settings. */
  ensureTopic(stream: Identifier, topic: NewTopic): Promise<TopicDetails> {
    return ensure(
      () => this.getTopic(stream, topic.name),
      () => this.createTopic(stream, topic),
      IggyErrorCode.TopicNameAlreadyExists,
    );
  }

  /**
   * Stores one batch and tells where. After a lost connection it fails with `iggy-client.outcome-unknown`, unless
   * `resend` allows to store it twice. For many messages use {@link createProducer}.
   */
  async sendMessages(request: SendRequest): Promise<readonly SendPlacement[]> {
    const { clock, random } = this.connection.dependencies;
    const nowMicros = clock.nowMicros();
    const batch = encodeBatch(
      request.messages.map((message) => ({
        id: message.id ?? randomClientId(random),
        payload: message.payload,
        originMicros: message.originMicros ?? nowMicros,
        headers: message.headers ? encodeUserHeaders(message.headers) : undefined,
      })),
    );
    const { stream, topic, partitioning } = request;
    return this.requests.call(
      COMMANDS.sendMessages,
      { stream, topic, partitioning, messageCount: request.messages.length, batch },
      { afterHooks: true, resend: request.resend === true },
    );
  }

  /**
   * Reads messages; the result is a cursor over the reply's own bytes. With `autoCommit` a lost connection ends in
   * `iggy-client.outcome-unknown`, since the server may have moved the stored offset; without, the poll is repeated.
   */
  async poll(request: PollRequest): Promise<PolledBatches> {
    const { stream, topic, partitionId, consumer, count } = request;
    const autoCommit = request.autoCommit === true;
    const reply = await this.requests.call(
      POLL_IN_PLACE,
      {
        stream,
        topic,
        partitionId,
        consumer,
        count,
        autoCommit,
        strategy: pollingStrategy(request.strategy),
      },
      { resend: !autoCommit },
    );
    if (request.verifyChecksums !== false) reply.verifyChecksums();
    return reply;
  }

  getOffset(request: OffsetRequest): Promise<ConsumerOffset | null> {
    return this.requests.call(COMMANDS.getOffset, request);
  }

  async storeOffset(request: StoreOffsetArguments): Promise<void> {
    await this.requests.call(COMMANDS.storeOffset, {
      ...request,
      offset: BigInt(request.offset),
      ack: "quorum",
    });
  }

  async deleteOffset(request: OffsetRequest): Promise<void> {
    await this.requests.call(COMMANDS.deleteOffset, { ...request, ack: "quorum" });
  }

  /** A zero-copy, ordered, pipelined writer of one partition. Closed together with the client, or before. */
  createProducer(options: ProducerOptions): PartitionProducer {
    const producer = new PartitionProducer(this.connection, options, () => this.producers.delete(producer));
    this.producers.add(producer);
    return producer;
  }

  /**
   * Flushes and closes the producers, logs out and closes the connection. Rejects with the first producer's error when
   * messages could not be delivered; the client is closed all the same.
   */
  async close(): Promise<void> {
    const results = await Promise.allSettled([...this.producers].map((producer) => producer.close()));
    await this.connection.close();
    const failed = results.find((result) => result.status === "rejected");
    if (failed) throw failed.reason as ImsError;
  }
}

/** The poll command with a reply that is not copied. */
const POLL_IN_PLACE = {
  ...COMMANDS.pollMessages,
  codec: {
    encodeRequest: COMMANDS.pollMessages.codec.encodeRequest,
    decodeRequest: COMMANDS.pollMessages.codec.decodeRequest,
    encodeReply: (reply: PolledBatches) => reply.bytes,
    decodeReply: (payload: Uint8Array) => new PolledBatches(payload),
  },
};

function pollingStrategy(start: PollStart): PollingStrategy {
  return "value" in start ? { kind: start.kind, value: BigInt(start.value) } : { kind: start.kind };
}

/** Looks, creates if nothing is there, and looks again when another client was faster or the outcome is unknown. */
async function ensure<Found>(
  look: () => Promise<Found | null>,
  create: () => Promise<Found>,
  takenCode: number,
): Promise<Found> {
  const present = await look();
  if (present) return present;
  try {
    return await create();
  } catch (error) {
    if (refusalCode(error) !== takenCode && !isImsError(error, "iggy-client.outcome-unknown")) throw error;
    const created = await look();
    if (created) return created;
    throw error;
  }
}
