import type { ImsError } from "@ims/common";
import { BatchArena, type MessageIdWords } from "@ims/iggy-protocol";
import type { ServerConnection } from "../connection/server-connection.js";
import { fail } from "../errors.js";
import { checkMessages } from "./message-check.js";
import { MessageIds } from "./message-ids.js";
import { MessageIntake } from "./message-intake.js";
import { MessageWriter } from "./message-writer.js";
import { checkPartitioning, missingPartition, PartitionChoice } from "./partition-choice.js";
import { SendCall, type SendReceipt } from "./send-call.js";
import type { Remedy } from "./sender-settings.js";
import { TopicLanes } from "./topic-lanes.js";
import type { ProducerMessage, SendPartitioning, TopicProducerOptions } from "./topic-producer-options.js";
import { type TopicProducerSettings, topicProducerSettings } from "./topic-producer-settings.js";
import { type TopicAdministration, TopicView } from "./topic-view.js";

const CLOSE_TIMEOUT_MILLIS = 10_000;
const TAKEN = Promise.resolve();

/**
 * Sends messages to a topic: chooses partitions, collects batches, keeps several on the wire, and tells each call what
 * became of its messages. Every message ends in exactly one of stored, failed and dropped. Messages of one partition are
 * stored in the order of the calls; between partitions there is no order.
 *
 * - {@link send} waits until the messages are stored, {@link post} only for room in the buffer.
 * - {@link reserve} and {@link commit} write messages without copying them.
 *
 * Delivery is at least once: a batch whose reply was lost is sent again after the reconnect. With `resend: false` it is
 * at most once, and such messages fail with `iggy-client.outcome-unknown`.
 */
export class TopicProducer {
  /** Where {@link reserve} gives places. */
  readonly arena: BatchArena;
  private readonly ids: MessageIds;
  private readonly lanes: TopicLanes;
  private readonly choice: PartitionChoice;
  private readonly writer: MessageWriter;
  private readonly intake: MessageIntake;
  private readonly payloadBytesMax: number;
  private readonly removeHook: () => void;
  private acceptWaiters: { resolve(): void; reject(error: ImsError): void }[] = [];
  private isClosing = false;
  private closing: Promise<void> | undefined;

  /** Made by `IggyClient.createTopicProducer`. */
  static async open(
    connection: ServerConnection,
    administration: TopicAdministration,
    options: TopicProducerOptions,
    onClosed: (producer: TopicProducer) => void,
  ): Promise<TopicProducer> {
    const settings = topicProducerSettings(options);
    const { clock, log } = connection.dependencies;
    const view = new TopicView(options, { administration, clock, log }, settings.topicRefreshMillis);
    const state = await view.look();
    if (state.kind !== "present") throw state.error;
    if (connection.terminal) throw connection.terminal;
    return new TopicProducer(connection, view, options, settings, onClosed);
  }

  private constructor(
    private readonly connection: ServerConnection,
    private readonly view: TopicView,
    private readonly options: TopicProducerOptions,
    settings: TopicProducerSettings,
    private readonly onClosed: (producer: TopicProducer) => void,
  ) {
    this.arena = BatchArena.create(settings.arenaSize);
    this.ids = new MessageIds(connection.dependencies.random);
    this.lanes = new TopicLanes(connection, this.arena, options, settings, (id) => this.findRemedy(id));
    this.payloadBytesMax = this.lanes.payloadBytesMax;
    this.writer = new MessageWriter(this.arena, this.ids, options.encryptor);
    this.choice = new PartitionChoice({
      label: view.label,
      partitioning: settings.partitioning,
      partitioner: options.partitioner,
      collectingCount: (partitionId) => this.lanes.collectingCount(partitionId),
    });
    this.intake = new MessageIntake(
      {
        arena: this.arena,
        lanes: this.lanes,
        choice: this.choice,
        writer: this.writer,
        view,
        dependencies: connection.dependencies,
        onRoom: () => this.wakeAccepting(),
      },
      settings,
    );
    this.removeHook = connection.addHook(() => view.look().then(() => {}));
    view.keepLooking();
  }

  /** Partitions of the topic, as last seen. */
  get partitionCount(): number {
    return this.view.partitionCount;
  }

  /** Messages taken and without an outcome; those of waiting calls are not taken yet. */
  get pendingCount(): number {
    return this.lanes.pendingCount;
  }

  /** Messages that are stored. */
  get confirmedCount(): number {
    return this.lanes.confirmedCount;
  }

  /** Messages that failed, in a batch or without being taken. */
  get failedCount(): number {
    return this.lanes.failedCount + this.intake.failedCount;
  }

  /** Messages given up because the buffer was full. */
  get droppedCount(): number {
    return this.intake.droppedCount;
  }

  /** Whether a message would be taken at once: open, nobody waits, and a batch is free. */
  get accepting(): boolean {
    return !this.isClosing && !this.intake.isWaiting && this.arena.freeSlotCount > 0;
  }

  /**
   * Sends messages and resolves once all are stored, with their places. Rejects with the reason when all failed, with
   * `iggy-client.partly-sent` when some did; a call with an unusable message is refused whole.
   */
  send(
    messages: ProducerMessage | readonly ProducerMessage[],
    partitioning?: SendPartitioning,
  ): Promise<SendReceipt> {
    try {
      const call = this.begin(messages, partitioning, true);
      this.intake.take(call);
      return call.outcome();
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /**
   * Takes messages and resolves once they are in the buffer, at once unless it is full; rejects for those that were not
   * taken. What fails later goes to `onFailed`.
   */
  post(
    messages: ProducerMessage | readonly ProducerMessage[],
    partitioning?: SendPartitioning,
  ): Promise<void> {
    try {
      const call = this.begin(messages, partitioning, false);
      this.intake.take(call);
      return call.isSettled && !call.hasFailures ? TAKEN : call.outcome().then(() => {});
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /**
   * The position in `arena.bytes` where a payload for the partition must be written before {@link commit}, in the same
   * turn of the event loop, or -1 when there is no room now. Throws `iggy-client.payload-too-large`,
   * `iggy-client.partition-missing`, `iggy-client.producer-closed`, and `iggy-client.argument` when the producer encrypts.
   */
  reserve(partitionId: number, payloadBytes: number): number {
    if (this.isClosing) throw closedError();
    if (this.options.encryptor) {
      throw fail("iggy-client.argument", "a producer that encrypts cannot write payloads in place");
    }
    if (!(partitionId < this.view.partitionCount)) throw this.missingPartition(partitionId);
    if (this.intake.isWaiting) return -1;
    const at = this.lanes.of(partitionId).reserve(payloadBytes);
    if (at < 0) this.intake.hurry();
    return at;
  }

  /**
   * Appends the payload written where the last {@link reserve} of this partition said.
   * @param id four u32 words, lowest first; copied
   * @param originMicros creation time, microseconds since 1970
   */
  commit(
    partitionId: number,
    payloadBytes: number,
    id: MessageIdWords = this.ids.next(),
    originMicros: number = this.connection.dependencies.clock.nowMicros(),
  ): void {
    this.lanes.of(partitionId).commit(payloadBytes, id, originMicros);
  }

  /** The partition whose turn it is in balanced sending, for {@link reserve}. */
  balancedPartition(): number {
    return this.choice.balanced(this.partitionCount);
  }

  /** The partition of a key of 1 to 255 bytes, for {@link reserve}. */
  partitionOfKey(key: Uint8Array | string): number {
    return this.choice.byKey(key, this.partitionCount);
  }

  /** Resolves when `accepting` is true; rejects with `iggy-client.producer-closed`. */
  whenAccepting(): Promise<void> {
    if (this.isClosing) return Promise.reject(closedError());
    if (this.accepting) return TAKEN;
    return new Promise((resolve, reject) => {
      this.acceptWaiters.push({ resolve, reject });
    });
  }

  /**
   * Sends everything without lingering; resolves when what was given before is stored. Rejects with the first error when
   * some of it was given up meanwhile.
   */
  async flush(): Promise<void> {
    await this.intake.whenEmptied();
    await this.lanes.flush();
  }

  /**
   * Takes no more messages and flushes. After `timeoutMillis` what is left is given up, and the call rejects with the
   * first error.
   */
  close(timeoutMillis: number = CLOSE_TIMEOUT_MILLIS): Promise<void> {
    this.isClosing = true;
    this.closing ??= this.finish(timeoutMillis);
    return this.closing;
  }

  private async finish(timeoutMillis: number): Promise<void> {
    const why = `the producer was closed and ${timeoutMillis} ms were not enough to deliver it`;
    let givenUp = TAKEN;
    for (const { reject } of this.acceptWaiters.splice(0)) reject(closedError());
    const timer = this.connection.dependencies.clock.setTimer(timeoutMillis, () => {
      this.intake.giveUp();
      givenUp = this.lanes.flush();
      givenUp.catch(() => {});
      this.lanes.abandon(why);
    });
    try {
      await this.flush();
      await givenUp;
    } finally {
      timer.cancel();
      this.view.stop();
      this.lanes.stop();
      this.intake.stop();
      this.removeHook();
      this.onClosed(this);
    }
  }

  private begin(
    messages: ProducerMessage | readonly ProducerMessage[],
    partitioning: SendPartitioning | undefined,
    tracked: boolean,
  ): SendCall {
    if (this.isClosing) throw closedError();
    if (partitioning) checkPartitioning(partitioning);
    const list = isList(messages) ? messages : [messages];
    const { clock } = this.connection.dependencies;
    const call = new SendCall(list, partitioning, clock.nowMicros(), tracked);
    call.headers = checkMessages(list, {
      batchBytesMax: this.payloadBytesMax,
      addedBytes: this.writer.addedBytes,
    });
    return call;
  }

  /** After a refusal because something is missing: looks, creates if that is allowed, or says what is missing. */
  private async findRemedy(partitionId: number): Promise<Remedy> {
    const state = await this.view.look();
    if (state.kind === "missing") return state.error;
    if (state.kind === "unknown") return "retry-later";
    if (partitionId >= state.partitionCount) return this.missingPartition(partitionId);
    return state.created ? "retry-now" : "retry-later";
  }

  private missingPartition(partitionId: number): ImsError {
    return missingPartition(this.view.label, partitionId, this.view.partitionCount);
  }

  private wakeAccepting(): void {
    if (this.acceptWaiters.length === 0 || !this.accepting) return;
    for (const { resolve } of this.acceptWaiters.splice(0)) resolve();
  }
}

function closedError(): ImsError {
  return fail("iggy-client.producer-closed", "the producer is closed");
}

function isList(
  messages: ProducerMessage | readonly ProducerMessage[],
): messages is readonly ProducerMessage[] {
  return Array.isArray(messages);
}
