import type { Clock } from "@ims/common";
import {
  fieldValue,
  type Identifier,
  IggyErrorCode,
  type Option,
  optionValues,
  type StreamDetails,
  type StreamRecord,
  type TopicDetails,
  type TopicRecord,
  topicOptions,
  UNLIMITED,
} from "@ims/iggy-protocol";
import { GroupModel } from "./group-model.js";
import { NamedTable } from "./named-table.js";
import { PartitionModel } from "./partition-model.js";
import { type Refusal, statusRefusal } from "./refusal.js";

const DEFAULT_OPTIONS = topicOptions({
  compressionAlgorithm: "none",
  messageExpiryMicros: UNLIMITED,
  maxTopicBytes: UNLIMITED,
  segmentBytes: 1 << 30,
  enforceFsync: false,
  messagesRequiredToSave: 1024,
  bytesRequiredToSave: 1 << 20,
  preallocateSegments: false,
});

const byKey = (a: Option, b: Option) => (a.key < b.key ? -1 : 1);

export class TopicModel {
  readonly partitions: PartitionModel[] = [];
  readonly groups = new NamedTable<GroupModel>(false);
  /** Partition of the next balanced send. */
  nextBalanced = 0;

  constructor(
    readonly id: number,
    public name: string,
    readonly options: readonly Option[],
    private readonly clock: Clock,
    readonly createdAtMicros = clock.nowMicros(),
  ) {}

  addPartitions(count: number): void {
    for (let left = count; left > 0; left--) {
      this.partitions.push(new PartitionModel(this.partitions.length, this.clock.nowMicros()));
    }
    for (const group of this.groups.all) group.redeal();
  }

  removePartitions(count: number): void {
    this.partitions.splice(this.partitions.length - count, count);
    for (const group of this.groups.all) group.redeal();
  }

  addGroup(name: string): GroupModel {
    const partitionIds = () => this.partitions.map(({ id }) => id);
    return this.groups.add((id) => new GroupModel(id, name, partitionIds, () => this.clock.nowMicros()));
  }

  record(): TopicRecord {
    const { id, name, createdAtMicros, options, partitions } = this;
    const explicit = new Set(options.map(({ key }) => key));
    const derivedOptions = DEFAULT_OPTIONS.filter(({ key }) => !explicit.has(key)).sort(byKey);
    const values = optionValues([...derivedOptions, ...options]);
    return {
      id,
      name,
      createdAtMicros,
      partitionCount: partitions.length,
      messageExpiryMicros: BigInt(values.message_expiry as bigint),
      compressionAlgorithm: values.compression_algorithm === "gzip" ? "gzip" : "none",
      maxTopicBytes: BigInt(values.max_topic_size as bigint),
      sizeBytes: partitions.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
      messageCount: partitions.reduce((sum, { messages }) => sum + messages.length, 0),
      options,
      derivedOptions,
    };
  }

  /** @param segmentCount of each partition: 0 in the answer to a create, before there are any files */
  details(segmentCount = 1): TopicDetails {
    const partitions = this.partitions.map(({ id, createdAtMicros, currentOffset, sizeBytes, messages }) => ({
      id,
      createdAtMicros,
      segmentCount,
      currentOffset,
      sizeBytes,
      messageCount: messages.length,
    }));
    return { ...this.record(), partitions };
  }
}

export class StreamModel {
  readonly topics = new NamedTable<TopicModel>(true);

  constructor(
    readonly id: number,
    public name: string,
    private readonly clock: Clock,
    readonly createdAtMicros = clock.nowMicros(),
  ) {}

  addTopic(name: string, partitionCount: number, options: readonly Option[]): TopicModel {
    const kept = [...options].sort(byKey);
    const topic = this.topics.add((id) => new TopicModel(id, name, kept, this.clock));
    topic.addPartitions(partitionCount);
    return topic;
  }

  record(): StreamRecord {
    const topics = this.topics.all.map((topic) => topic.record());
    return {
      id: this.id,
      name: this.name,
      createdAtMicros: this.createdAtMicros,
      topicCount: topics.length,
      sizeBytes: topics.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
      messageCount: topics.reduce((sum, { messageCount }) => sum + messageCount, 0),
      options: [],
    };
  }

  details(): StreamDetails {
    return { ...this.record(), topics: this.topics.all.map((topic) => topic.record()) };
  }
}

/** All streams of a server, with lookups that refuse as the server does. */
export class CatalogModel {
  readonly streams = new NamedTable<StreamModel>(true);

  constructor(private readonly clock: Clock) {}

  addStream(name: string): StreamModel {
    return this.streams.add((id) => new StreamModel(id, name, this.clock));
  }

  /** @param refusal how a missing stream is refused; its code depends on the command */
  stream(id: Identifier, refusal: (code: number) => Refusal): StreamModel {
    const stream = this.streams.find(id);
    if (!stream) throw refusal(IggyErrorCode.StreamIdNotFound);
    return stream;
  }

  topic(
    { stream, topic }: { readonly stream: Identifier; readonly topic: Identifier },
    refusal: (code: number) => Refusal,
  ): TopicModel {
    const found = this.stream(stream, refusal).topics.find(topic);
    if (!found) throw refusal(IggyErrorCode.TopicIdNotFound);
    return found;
  }

  get allGroups(): GroupModel[] {
    return this.streams.all.flatMap(({ topics }) => topics.all.flatMap(({ groups }) => groups.all));
  }
}

const KNOWN_KEYS: ReadonlySet<string> = new Set(DEFAULT_OPTIONS.map(({ key }) => key));

/** The options of a new topic without those that ask for a default; refuses keys that no topic has. */
export function explicitOptions(options: readonly Option[]): Option[] {
  if (options.some(({ key }) => !KNOWN_KEYS.has(key)))
    throw statusRefusal(IggyErrorCode.UnsupportedOptionKey);
  return options.filter(({ value }) => fieldValue(value) !== 0n);
}
