import { type ImsError, systemClock } from "@ims/common";
import {
  type ClientDetails,
  type ClusterMetadata,
  type ConsumerOffset,
  FRAME_BYTES_MAX,
  type Identifier,
  type PolledBatches,
  type SendPlacement,
  type StreamDetails,
  type StreamRecord,
  type TopicDetails,
  type TopicRecord,
} from "@ims/iggy-protocol";
import type { ConnectionEvents } from "../connection/connection-events.js";
import { parseConnectionString } from "../connection/connection-string.js";
import { dial } from "../connection/dial.js";
import { RequestRunner } from "../connection/request-runner.js";
import { ServerConnection } from "../connection/server-connection.js";
import { Consumer } from "../consumer/consumer.js";
import type { ConsumerOptions } from "../consumer/consumer-options.js";
import { Diagnostics } from "../diagnostics/diagnostics.js";
import { fail } from "../errors.js";
import { PartitionProducer } from "../producer/partition-producer.js";
import type { ProducerOptions } from "../producer/producer-options.js";
import { TopicProducer } from "../producer/topic-producer.js";
import type { TopicProducerOptions } from "../producer/topic-producer-options.js";
import { awaitFirstSession } from "./await-first-session.js";
import type { CallOptions, ConnectionSettings, ConnectOptions } from "./client-options.js";
import type {
  NewTopic,
  OffsetRequest,
  PollRequest,
  SendRequest,
  StoreOffsetArguments,
} from "./client-requests.js";
import { Groups } from "./groups.js";
import { Messages } from "./messages.js";
import { Offsets } from "./offsets.js";
import { Partitions } from "./partitions.js";
import { rawCommand } from "./raw-command.js";
import { Streams } from "./streams.js";
import { System } from "./system.js";
import { Tokens } from "./tokens.js";
import { Topics } from "./topics.js";
import { Users } from "./users.js";

/** Servers drop requests silently when more are in flight on one connection (wire.md section 7). */
const IN_FLIGHT_LIMIT = 64;

/**
 * A client of one Iggy server. It keeps one session alive in the background; calls made while there is none wait for
 * it, at most the request timeout. See the error table for how calls fail.
 */
export class IggyClient {
  readonly streams: Streams;
  readonly topics: Topics;
  readonly partitions: Partitions;
  readonly groups: Groups;
  readonly offsets: Offsets;
  readonly users: Users;
  readonly tokens: Tokens;
  readonly system: System;
  private readonly messages: Messages;
  private readonly producers = new Set<PartitionProducer | TopicProducer>();
  private readonly consumers = new Set<Consumer>();

  private constructor(
    private readonly connection: ServerConnection,
    private readonly requests: RequestRunner,
    /** Counters and histograms since the client was made: `client.diagnostics.snapshot()`. */
    readonly diagnostics: Diagnostics,
  ) {
    this.streams = new Streams(requests);
    this.topics = new Topics(requests);
    this.partitions = new Partitions(requests);
    this.groups = new Groups(requests);
    this.offsets = new Offsets(requests);
    this.users = new Users(requests);
    this.tokens = new Tokens(requests);
    this.system = new System(requests);
    this.messages = new Messages(requests, connection.dependencies);
  }

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
    const settings = typeof server === "string" ? parseConnectionString(server) : server;
    const diagnostics = new Diagnostics();
    const connection = new ServerConnection(settings, {
      clock: options.clock ?? systemClock,
      random: options.random ?? Math.random,
      log: options.logger,
      requestTimeoutMillis: options.requestTimeoutMillis ?? settings.requestTimeoutMillis ?? 30_000,
      inFlightMax,
      frameBytesMax: options.frameBytesMax ?? FRAME_BYTES_MAX,
      dial: options.dial ?? dial,
      metrics: diagnostics,
    });
    try {
      await awaitFirstSession(connection, options.connectTimeoutMillis, options.signal);
    } catch (error) {
      await connection.close();
      throw error;
    }
    return new IggyClient(connection, new RequestRunner(connection, options.queueMax ?? 1024), diagnostics);
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

  ping(): Promise<void> {
    return this.system.ping();
  }

  getMe(): Promise<ClientDetails | null> {
    return this.system.me();
  }

  clusterMetadata(): Promise<ClusterMetadata> {
    return this.system.clusterMetadata();
  }

  createStream(name: string): Promise<StreamDetails> {
    return this.streams.create(name);
  }

  getStream(id: Identifier): Promise<StreamDetails | null> {
    return this.streams.get(id);
  }

  listStreams(): Promise<readonly StreamRecord[]> {
    return this.streams.list();
  }

  deleteStream(id: Identifier): Promise<void> {
    return this.streams.delete(id);
  }

  ensureStream(name: string): Promise<StreamDetails> {
    return this.streams.ensure(name);
  }

  createTopic(stream: Identifier, topic: NewTopic): Promise<TopicDetails> {
    return this.topics.create(stream, topic);
  }

  getTopic(stream: Identifier, topic: Identifier): Promise<TopicDetails | null> {
    return this.topics.get(stream, topic);
  }

  listTopics(stream: Identifier): Promise<readonly TopicRecord[]> {
    return this.topics.list(stream);
  }

  deleteTopic(stream: Identifier, topic: Identifier): Promise<void> {
    return this.topics.delete(stream, topic);
  }

  ensureTopic(stream: Identifier, topic: NewTopic): Promise<TopicDetails> {
    return this.topics.ensure(stream, topic);
  }

  getOffset(request: OffsetRequest): Promise<ConsumerOffset | null> {
    return this.offsets.get(request);
  }

  storeOffset(request: StoreOffsetArguments): Promise<void> {
    return this.offsets.store(request);
  }

  deleteOffset(request: OffsetRequest): Promise<void> {
    return this.offsets.delete(request);
  }

  /**
   * Stores one batch and tells where. After a lost connection it fails with `iggy-client.outcome-unknown`, unless
   * `resend` allows to store it twice. For many messages use {@link createProducer}.
   */
  sendMessages(request: SendRequest, options?: CallOptions): Promise<readonly SendPlacement[]> {
    return this.messages.send(request, options);
  }

  /**
   * Reads messages; the result is a cursor over the reply's own bytes. With `autoCommit` a lost connection ends in
   * `iggy-client.outcome-unknown`, since the server may have moved the stored offset; without, the poll is repeated.
   */
  poll(request: PollRequest, options?: CallOptions): Promise<PolledBatches> {
    return this.messages.poll(request, options);
  }

  /**
   * Sends a command that the client has no method for: its code and the bytes of its body. Resolves with the payload of
   * the reply, a view of received memory. Commands that the client knows keep their resend policy, others are never
   * sent twice. The codes of the session (38, 39, 40, 44, 45) are refused with `iggy-client.argument`.
   */
  async sendRaw(code: number, body: Uint8Array, options?: CallOptions): Promise<Uint8Array> {
    return this.requests.send(rawCommand(code, body), body, options);
  }

  /** A zero-copy, ordered, pipelined writer of one partition. Closed together with the client, or before. */
  createProducer(options: ProducerOptions): PartitionProducer {
    const producer = new PartitionProducer(this.connection, options, () => this.producers.delete(producer));
    this.producers.add(producer);
    return producer;
  }

  /**
   * A writer of all partitions of a topic, which it creates if it may. Rejects with `iggy-client.topic-missing` and with
   * what looking at the topic or creating it ends in. Closed together with the client, or before.
   */
  async createTopicProducer(options: TopicProducerOptions): Promise<TopicProducer> {
    const onClosed = (closed: TopicProducer) => void this.producers.delete(closed);
    const producer = await TopicProducer.open(this.connection, this, options, onClosed);
    this.producers.add(producer);
    return producer;
  }

  /**
   * A reader of one partition, of all partitions of a topic, or of a group's share. Reads from its first iteration on.
   * Closed together with the client, or before.
   */
  createConsumer(options: ConsumerOptions): Consumer {
    const onClosed = () => void this.consumers.delete(consumer);
    const consumer = new Consumer(this.connection, this.requests, options, onClosed);
    this.consumers.add(consumer);
    return consumer;
  }

  /**
   * Closes the consumers, flushes and closes the producers, logs out and closes the connection. Rejects with the first producer's error when
   * messages could not be delivered; the client is closed all the same.
   */
  async close(): Promise<void> {
    await Promise.all([...this.consumers].map((consumer) => consumer.close()));
    const results = await Promise.allSettled([...this.producers].map((producer) => producer.close()));
    await this.connection.close();
    const failed = results.find((result) => result.status === "rejected");
    if (failed) throw failed.reason as ImsError;
  }
}
