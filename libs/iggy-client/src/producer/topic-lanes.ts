import type { ImsError } from "@ims/common";
import { type BatchArena, BatchSlot, encodeSendRoute } from "@ims/iggy-protocol";
import type { ServerConnection } from "../connection/server-connection.js";
import { PartitionLane } from "./partition-lane.js";
import type { BatchShare } from "./send-call.js";
import type { Remedy } from "./sender-settings.js";
import type { TopicProducerOptions } from "./topic-producer-options.js";
import type { TopicProducerSettings } from "./topic-producer-settings.js";

type Target = Pick<TopicProducerOptions, "stream" | "topic" | "onConfirmed" | "onFailed">;

/** The lanes of a topic's partitions, made when first used; they share one arena. */
export class TopicLanes {
  confirmedCount = 0;
  failedCount = 0;
  private readonly lanes: (PartitionLane | undefined)[] = [];
  private readonly opened: PartitionLane[] = [];

  constructor(
    private readonly connection: ServerConnection,
    private readonly arena: BatchArena,
    private readonly target: Target,
    private readonly settings: TopicProducerSettings,
    private readonly findRemedy: (partitionId: number) => Promise<Remedy>,
  ) {}

  /** Room for payload and headers in an empty batch. */
  get payloadBytesMax(): number {
    return BatchSlot.payloadBytesMax(this.arena.slotBytes, this.routeOf(0).length);
  }

  /** Messages in batches that have no outcome. */
  get pendingCount(): number {
    let count = 0;
    for (const lane of this.opened) count += lane.pendingCount;
    return count;
  }

  of(partitionId: number): PartitionLane {
    return this.lanes[partitionId] ?? this.open(partitionId);
  }

  collectingCount(partitionId: number): number {
    return this.lanes[partitionId]?.collectingCount ?? 0;
  }

  /** Sends started batches without lingering, so that their memory comes back. */
  hurry(): void {
    for (const lane of this.opened) if (lane.collectingCount > 0) lane.hurry();
  }

  /** Resolves when everything taken so far is confirmed; rejects with the first error once all has an outcome. */
  async flush(): Promise<void> {
    const results = await Promise.allSettled(this.opened.map((lane) => lane.flush()));
    const failed = results.find((result) => result.status === "rejected");
    if (failed) throw failed.reason as ImsError;
  }

  abandon(why: string): void {
    for (const lane of this.opened) lane.abandon(why);
  }

  stop(): void {
    for (const lane of this.opened) lane.stop();
  }

  private open(partitionId: number): PartitionLane {
    const { stream, topic } = this.target;
    const lane = new PartitionLane(this.connection, this.arena, {
      ...this.settings,
      route: this.routeOf(partitionId),
      label: `${stream}/${topic}/${partitionId}`,
      // Missing replies are counted as retries.
      timeoutsMax: Number.POSITIVE_INFINITY,
      findRemedy: () => this.findRemedy(partitionId),
      onConfirmed: (baseOffset, count, shares) => this.onConfirmed(partitionId, baseOffset, count, shares),
      onFailed: (error, count, shares) => this.onFailed(error, partitionId, count, shares),
    });
    this.lanes[partitionId] = lane;
    this.opened.push(lane);
    return lane;
  }

  private routeOf(partitionId: number): Uint8Array {
    const { stream, topic } = this.target;
    return encodeSendRoute(stream, topic, { kind: "partition", partitionId });
  }

  private onConfirmed(
    partitionId: number,
    baseOffset: number,
    messageCount: number,
    shares: readonly BatchShare[],
  ): void {
    this.confirmedCount += messageCount;
    for (const share of shares) share.call.confirmed(share, partitionId, baseOffset);
    this.target.onConfirmed?.(partitionId, baseOffset, messageCount);
  }

  private onFailed(
    error: ImsError,
    partitionId: number,
    messageCount: number,
    shares: readonly BatchShare[],
  ): void {
    this.failedCount += messageCount;
    let untracked = messageCount;
    for (const share of shares) {
      share.call.failed(share.firstIndex, share.messageCount, error);
      untracked -= share.messageCount;
    }
    if (untracked > 0) this.target.onFailed?.(error, partitionId, untracked);
  }
}
