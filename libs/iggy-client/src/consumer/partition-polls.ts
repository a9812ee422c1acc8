import type { PollingStrategy } from "@ims/iggy-protocol";
import type { ConsumedBatch } from "./consumed-batch.js";
import type { ConsumerRequests } from "./consumer-requests.js";
import type { ConsumerSettings } from "./consumer-settings.js";
import type { PollTicket } from "./poll-gate.js";
import { PollSize } from "./poll-size.js";

interface PollUnderWay {
  readonly position: number;
  readonly count: number;
  readonly ticket: PollTicket;
  readonly reply: Promise<ConsumedBatch>;
}

/** What is fetched already and waits for the application. */
export interface FetchedAmount {
  readonly count: number;
  readonly bytes: number;
}

/** Sends the polls of one partition: how many messages each asks for, alone or not, and one ahead where that helps. */
export class PartitionPolls {
  private readonly size: PollSize;
  private ticket: PollTicket = { alone: false, shared: false };
  /** The poll behind the one that is awaited. */
  private ahead: PollUnderWay | undefined;

  constructor(
    private readonly partitionId: number,
    private readonly requests: ConsumerRequests,
    private readonly settings: ConsumerSettings,
  ) {
    this.size = new PollSize(settings.batchCount, settings.batchBytesMax);
  }

  /** Whether another poll of the client was under way at the same time as the last one. */
  get wasShared(): boolean {
    return this.ticket.shared;
  }

  /** A poll that commits nothing, to find where to begin. */
  look(strategy: PollingStrategy, count: number): Promise<ConsumedBatch> {
    return this.requests.poll(this.partitionId, strategy, count, false, this.ticket);
  }

  /**
   * The reply to a poll from this offset on, which may be under way already, with the next one on its way behind it.
   * @param end last offset of the partition, as far as known
   */
  next(position: number, end: number, fetched: FetchedAmount): Promise<ConsumedBatch> {
    const { ahead } = this;
    this.ahead = undefined;
    const poll = ahead?.position === position ? ahead : this.send(position, this.ticket);
    this.ticket = poll.ticket;
    if (this.mayReadAhead(poll, end, fetched)) {
      this.ahead = this.send(position + poll.count, { alone: false, shared: false });
      this.ahead.reply.catch(() => {});
    }
    return poll.reply;
  }

  /** A poll was answered: the next one goes together with others again. */
  onAnswer(): void {
    this.ticket = { alone: false, shared: false };
  }

  /** A reply was used. */
  onReply(messages: number, bytes: number): void {
    this.size.onReply(messages, bytes);
  }

  /** Asks for half as many messages from now on; false when it is one already. */
  narrow(): boolean {
    return this.size.narrow();
  }

  /** The next poll goes while no other poll of the client is under way. */
  goAlone(): void {
    this.ticket = { alone: true, shared: false };
  }

  /** Replies under way are of no use. */
  forget(): void {
    this.ahead = undefined;
  }

  private send(position: number, ticket: PollTicket): PollUnderWay {
    const { count } = this.size;
    const strategy = { kind: "offset", value: BigInt(position) } as const;
    const { onPoll } = this.settings.commit;
    const reply = this.requests.poll(this.partitionId, strategy, count, onPoll, ticket);
    return { position, count, ticket, reply };
  }

  /**
   * Only where it is known to be full of messages, and where it does not matter whether its reply is used: a server
   * remembers what a member of a group has polled, and what it has committed itself.
   */
  private mayReadAhead(
    { position, count, ticket }: PollUnderWay,
    end: number,
    fetched: FetchedAmount,
  ): boolean {
    const { prefetchBatches, prefetchBytesMax, commit, group, pollIntervalMillis } = this.settings;
    if (group !== undefined || commit.onPoll || pollIntervalMillis > 0 || ticket.alone) return false;
    const bytes = fetched.bytes + this.size.replyBytes;
    return fetched.count + 1 < prefetchBatches && bytes < prefetchBytesMax && end >= position + 2 * count - 1;
  }
}
