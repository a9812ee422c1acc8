import { type ImsError, systemClock } from "@ims/common";
import { COMMANDS, FRAME_BYTES_MAX, HEADER_BYTES, type SendPlacement } from "@ims/iggy-protocol";
import type { ConnectionEvents } from "../connection/connection-events.js";
import { parseConnectionString } from "../connection/connection-string.js";
import { dial } from "../connection/dial.js";
import { RequestRunner } from "../connection/request-runner.js";
import { ServerConnection } from "../connection/server-connection.js";
import { Consumer } from "../consumer/consumer.js";
import type { ConsumerOptions } from "../consumer/consumer-options.js";
import { Diagnostics } from "../diagnostics/diagnostics.js";
import { PartitionProducer } from "../producer/partition-producer.js";
import type { ProducerOptions } from "../producer/producer-options.js";
import { TopicProducer } from "../producer/topic-producer.js";
import type { TopicProducerOptions } from "../producer/topic-producer-options.js";
import { wholeNumber } from "../producer/whole-number.js";
import { awaitFirstSession } from "./await-first-session.js";
import type { CallOptions, ConnectionSettings, ConnectOptions } from "./client-options.js";
import type { PollRequest, SendRequest } from "./client-requests.js";
import { Groups } from "./groups.js";
import { Messages } from "./messages.js";
import { Offsets } from "./offsets.js";
import { Partitions } from "./partitions.js";
import type { PolledReply } from "./polled-reply.js";
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
    const settings = typeof server === "string" ? parseConnectionString(server) : server;
    const { clock = systemClock, random = Math.random, logger, queueMax = 1024 } = options;
    const { inFlightMax = IN_FLIGHT_LIMIT, frameBytesMax = FRAME_BYTES_MAX } = options;
    const requestTimeoutMillis = options.requestTimeoutMillis ?? settings.requestTimeoutMillis ?? 30_000;
    wholeNumber("inFlightMax", inFlightMax, 1, IN_FLIGHT_LIMIT);
    wholeNumber("queueMax", queueMax, 1, 1_000_000);
    wholeNumber("frameBytesMax", frameBytesMax, HEADER_BYTES, 0xffff_ffff);
    wholeNumber("requestTimeoutMillis", requestTimeoutMillis, 1, 0x7fff_ffff);
    const diagnostics = new Diagnostics();
    const connection = new ServerConnection(settings, {
      clock,
      random,
      log: logger,
      requestTimeoutMillis,
      inFlightMax,
      frameBytesMax,
      dial: options.dial ?? dial,
      metrics: diagnostics,
    });
    try {
      await awaitFirstSession(connection, options.connectTimeoutMillis, options.signal);
    } catch (error) {
      await connection.close();
      throw error;
    }
    return new IggyClient(connection, new RequestRunner(connection, queueMax), diagnostics);
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

  /** Asks the server for a sign of life. */
  async ping(options?: CallOptions): Promise<void> {
    await this.requests.call(COMMANDS.ping, undefined, options);
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
  poll(request: PollRequest, options?: CallOptions): Promise<PolledReply> {
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
