import type { GroupEntry, StreamEntry, TopicEntry } from "../catalog/catalog.js";
import { ConsumerGroup, type GroupPlace, type RebalanceOptions } from "./consumer-group.js";

/** A group with the topic that it belongs to. */
export interface GroupLocation {
  readonly stream: StreamEntry;
  readonly topic: TopicEntry;
  readonly group: GroupEntry;
}

/**
 * Members and assignments of all groups, in memory only: a group survives a restart, its members join again. The
 * catalog says which groups exist; what it drops is dropped here in the same turn.
 */
export class GroupCoordinator {
  private readonly groups = new Map<GroupEntry, ConsumerGroup>();
  private readonly ofClient = new Map<bigint, Set<ConsumerGroup>>();

  constructor(private readonly options: RebalanceOptions) {}

  /** The state of a group that ever had a member. */
  find(group: GroupEntry): ConsumerGroup | undefined {
    return this.groups.get(group);
  }

  join({ stream, topic, group }: GroupLocation, client: bigint): void {
    let state = this.groups.get(group);
    if (state === undefined) {
      const place = { streamId: stream.id, topicId: topic.id, groupId: group.id };
      state = new ConsumerGroup(place, topic.partitions.length, this.options);
      this.groups.set(group, state);
    }
    state.join(client);
    const joined = this.ofClient.get(client);
    if (joined === undefined) this.ofClient.set(client, new Set([state]));
    else joined.add(state);
  }

  /** @returns false for a client that is no member */
  leave(group: GroupEntry, client: bigint): boolean {
    const state = this.groups.get(group);
    if (state?.leave(client) !== true) return false;
    this.forget(client, state);
    return true;
  }

  /** A session has ended: its client is a member of nothing any more. */
  leaveAll(client: bigint): void {
    for (const state of this.ofClient.get(client) ?? []) state.leave(client);
    this.ofClient.delete(client);
  }

  isMember(client: bigint): boolean {
    return this.ofClient.has(client);
  }

  membershipsOf(client: bigint): GroupPlace[] {
    return [...(this.ofClient.get(client) ?? [])].map((state) => state.place);
  }

  /** A group was deleted. */
  drop(group: GroupEntry): void {
    const state = this.groups.get(group);
    if (state === undefined) return;
    this.groups.delete(group);
    state.close();
    for (const { client } of state.memberList) this.forget(client, state);
  }

  dropTopic(topic: TopicEntry): void {
    for (const group of topic.groups.sorted()) this.drop(group);
  }

  /** The topic has another number of partitions. */
  repartition(topic: TopicEntry): void {
    for (const group of topic.groups.sorted()) this.groups.get(group)?.repartition(topic.partitions.length);
  }

  /** The topic was purged. */
  forgetProgress(topic: TopicEntry): void {
    for (const group of topic.groups.sorted()) this.groups.get(group)?.forgetProgress();
  }

  close(): void {
    for (const state of this.groups.values()) state.close();
  }

  private forget(client: bigint, state: ConsumerGroup): void {
    const joined = this.ofClient.get(client);
    joined?.delete(state);
    if (joined?.size === 0) this.ofClient.delete(client);
  }
}
