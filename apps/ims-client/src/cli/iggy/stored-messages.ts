import type { IggyClient, PollStart } from "@ims/iggy-client";
import type { UserHeader } from "@ims/iggy-protocol";
import type { TopicDetails, TopicPath } from "./topic-path.js";

/** A message as the tail shows it; the payload is a view of the reply that brought it. */
export interface ShownMessage {
  readonly partitionId: number;
  readonly offset: number;
  readonly timestampMicros: number;
  readonly payload: Uint8Array;
  headers(): readonly UserHeader[];
}

/** Messages of one partition that are held at a time. */
const PAGE_MESSAGES = 100;
/** Our own cursors are kept here: the broker stores nothing for this name. */
const CONSUMER = { kind: "consumer", id: "ims-tail" } as const;

/**
 * The messages that are in the partitions now, from `start` on, in the order of their times across partitions and of
 * their offsets within each. Messages that arrive in the meantime are left out, so the iteration ends.
 */
export async function* storedMessages(
  client: IggyClient,
  path: TopicPath,
  partitions: TopicDetails["partitions"],
  start: PollStart,
): AsyncGenerator<ShownMessage> {
  const readers: PartitionPages[] = [];
  for (const { id, currentOffset, messageCount } of partitions) {
    if (messageCount === 0) continue;
    const reader = new PartitionPages(client, path, id, currentOffset, start);
    if (await reader.ensure()) readers.push(reader);
  }
  while (readers.length > 0) {
    let earliest = readers[0]!;
    for (const reader of readers) {
      if (reader.head.timestampMicros < earliest.head.timestampMicros) earliest = reader;
    }
    yield earliest.take();
    if (!(await earliest.ensure())) readers.splice(readers.indexOf(earliest), 1);
  }
}

/** One partition, page by page, up to an offset. */
class PartitionPages {
  private page: ShownMessage[] = [];
  private at = 0;
  private isOver = false;

  constructor(
    private readonly client: IggyClient,
    private readonly path: TopicPath,
    private readonly partitionId: number,
    private readonly lastOffset: number,
    private next: PollStart,
  ) {}

  /** The next message; only after {@link ensure} was true. */
  get head(): ShownMessage {
    return this.page[this.at]!;
  }

  take(): ShownMessage {
    return this.page[this.at++]!;
  }

  /** Whether there is a next message, which is fetched if need be. */
  async ensure(): Promise<boolean> {
    if (this.at < this.page.length) return true;
    if (!this.isOver) await this.fetch();
    return this.at < this.page.length;
  }

  private async fetch(): Promise<void> {
    const { client, path, partitionId } = this;
    const reply = await client.poll({
      ...path,
      partitionId,
      consumer: CONSUMER,
      strategy: this.next,
      // The last n messages are asked for by offset; the last one alone is what this means here.
      count: this.next.kind === "last" ? 1 : PAGE_MESSAGES,
    });
    this.page = [];
    this.at = 0;
    let last = -1;
    while (reply.next()) {
      last = reply.offset;
      if (last > this.lastOffset) break;
      const headers = reply.headersBytes().length === 0 ? [] : reply.headers();
      const { offset, timestampMicros } = reply;
      this.page.push({
        partitionId,
        offset,
        timestampMicros,
        payload: reply.payload(),
        headers: () => headers,
      });
    }
    this.isOver = last < 0 || last >= this.lastOffset;
    this.next = { kind: "offset", value: last + 1 };
  }
}
