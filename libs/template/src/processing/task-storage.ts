import type { IggyClient, PolledReply } from "@ims/iggy-client";
import type { TaskInput } from "@ims/traits";
import { type Checkpoint, decodeCheckpoint, encodeCheckpoint } from "./checkpoint.js";
import { COPY_DISTANCE } from "./input-copies.js";
import type { OutputIds, OutputPlace } from "./output-ids.js";

type TopicOptions = NonNullable<Parameters<IggyClient["topics"]["ensure"]>[1]["options"]>;

/** Names of a processor's streams for one input. */
export interface ProcessorTopics {
  readonly stream: string;
  readonly outputTopic: string;
  readonly checkpointTopic: string;
}

/** So many of the last outputs are looked at for the furthest one: an owner before may have ended late. */
const TAIL_COUNT = 256;
/** Records of the input that one request reads again. */
const RECALL_COUNT = 1000;
/** Only the last checkpoint of a partition counts. Brokers delete whole segments, never the one being written. */
const CHECKPOINT_SEGMENT_BYTES = 16 * 1024 * 1024;

/** What a task keeps in the broker: its outputs, and the last checkpoint of its state. */
export class TaskStorage {
  constructor(
    private readonly client: Pick<IggyClient, "streams" | "topics" | "partitions" | "poll" | "sendMessages">,
    readonly topics: ProcessorTopics,
    private readonly input: Pick<TaskInput, "stream" | "topic">,
  ) {}

  /**
   * Creates what is missing, with a partition for each of the input. Resolves with their number; 0 while the input does
   * not exist.
   */
  async ensure(): Promise<number> {
    const { stream, outputTopic, checkpointTopic } = this.topics;
    const input = await this.client.topics.get(this.input.stream, this.input.topic);
    if (!input) return 0;
    await this.client.streams.ensure(stream);
    const { partitionCount } = input;
    await this.#ensureTopic(outputTopic, partitionCount, {});
    const segmentBytes = CHECKPOINT_SEGMENT_BYTES;
    const maxTopicBytes = BigInt(2 * partitionCount * segmentBytes);
    await this.#ensureTopic(checkpointTopic, partitionCount, { segmentBytes, maxTopicBytes });
    return partitionCount;
  }

  /** The last checkpoint; `undefined` when there is none. Throws `processor.bad-checkpoint`. */
  async lastCheckpoint(partitionId: number): Promise<Checkpoint | undefined> {
    const reply = await this.#last(this.topics.checkpointTopic, partitionId, 1);
    return reply.next() ? decodeCheckpoint(reply.payload()) : undefined;
  }

  /** The furthest output of this input that is stored. */
  async lastOutput(partitionId: number, ids: OutputIds): Promise<OutputPlace | undefined> {
    const reply = await this.#last(this.topics.outputTopic, partitionId, TAIL_COUNT);
    let last: OutputPlace | undefined;
    const words = new Uint32Array(4);
    while (reply.next()) {
      for (let i = 0; i < 4; i++) words[i] = reply.view.getUint32(reply.idStart + 4 * i, true);
      const place = ids.placeOf(words);
      if (place && (!last || isBehind(place, last))) last = place;
    }
    return last;
  }

  /**
   * Gives the records of the input that stand less than {@link COPY_DISTANCE} before an offset, as far as they are kept.
   * @param take returns the offset of the last one that it took
   */
  async recallInput(partitionId: number, end: number, take: (records: PolledReply) => number): Promise<void> {
    for (let from = Math.max(0, end - COPY_DISTANCE + 1); from < end; ) {
      const reply = await this.client.poll({
        ...this.input,
        partitionId,
        consumer: { kind: "consumer", id: "processor-start" },
        strategy: { kind: "offset", value: from },
        count: Math.min(RECALL_COUNT, end - from),
      });
      if (reply.messageCount === 0) return;
      from = take(reply) + 1;
      reply.release();
    }
  }

  /** Resolves when the broker has it. */
  async saveCheckpoint(partitionId: number, checkpoint: Checkpoint): Promise<void> {
    await this.client.sendMessages({
      stream: this.topics.stream,
      topic: this.topics.checkpointTopic,
      partitioning: { kind: "partition", partitionId },
      messages: [{ payload: encodeCheckpoint(checkpoint) }],
      // Stored twice it says the same twice.
      resend: true,
    });
  }

  #last(topic: string, partitionId: number, count: number): Promise<PolledReply> {
    return this.client.poll({
      stream: this.topics.stream,
      topic,
      partitionId,
      consumer: { kind: "consumer", id: "processor-start" },
      strategy: { kind: "last" },
      count,
    });
  }

  async #ensureTopic(name: string, partitionCount: number, options: TopicOptions): Promise<void> {
    const { stream } = this.topics;
    const topic = await this.client.topics.ensure(stream, { name, partitionCount, options });
    // A topic created this moment lists its partitions late.
    const present = topic.partitionCount > 0 ? topic.partitionCount : partitionCount;
    if (present < partitionCount) {
      await this.client.partitions.create(stream, name, partitionCount - present);
    }
  }
}

function isBehind(place: OutputPlace, other: OutputPlace): boolean {
  return place.offset > other.offset || (place.offset === other.offset && place.index > other.index);
}
