import type { Clock, TimerHandle } from "@ims/common";

/** Where a group lives, by the ids that its members' records show. */
export interface GroupPlace {
  readonly streamId: number;
  readonly topicId: number;
  readonly groupId: number;
}

export interface RebalanceOptions {
  readonly clock: Clock;
  /** How long a partition waits for its old owner's commit before it moves without it. */
  readonly rebalanceTimeoutMillis: number;
}

export interface Member {
  /** Lowest number that was free in the group. */
  readonly id: number;
  /** 128-bit id of the client, as in the headers of its requests. */
  readonly client: bigint;
}

/** One member's time with one partition. It ends with the ownership, so a late poll or commit of it is recognised. */
export interface Tenure {
  readonly member: Member;
  readonly partitionId: number;
  /** Last offset handed out, -1 for none. */
  polledOffset: number;
  /** The group's stored offset, as far as this tenure has seen it; -1 for none. */
  storedOffset: number;
  openPolls: number;
}

interface Slot {
  tenure: Tenure | undefined;
  /** Who gets the partition when the tenure is settled; until then nobody may poll it. */
  heir: Member | undefined;
  timer: TimerHandle | undefined;
}

/**
 * Who owns which partition of a topic within one group (server-behaviour.md section 8). A join takes partitions from
 * members that hold more than their share, from the end of their lists; each moves at once unless its owner has polled
 * messages that it has not committed. Every other change deals all partitions anew, in the order of joining.
 *
 * Invariants: a partition has at most one owner, and exactly one while there are members; shares differ by one at most
 * and earlier members have the larger ones; the generation grows with every change of members, partitions or owners.
 */
export class ConsumerGroup {
  /** In the order of joining. */
  private readonly members = new Map<bigint, Member>();
  private slots: Slot[];
  private changes = 0;

  constructor(
    readonly place: GroupPlace,
    partitionCount: number,
    private readonly options: RebalanceOptions,
  ) {
    this.slots = Array.from({ length: partitionCount }, emptySlot);
  }

  get generation(): number {
    return this.changes;
  }

  get memberCount(): number {
    return this.members.size;
  }

  /** In the order of joining. */
  get memberList(): readonly Member[] {
    return [...this.members.values()];
  }

  /** Adds a member; one that is there already stays as it is. */
  join(client: bigint): void {
    if (this.members.has(client)) return;
    const member = { id: this.lowestFreeId(), client };
    this.members.set(client, member);
    this.changes++;
    if (this.members.size === 1) this.dealAnew();
    else this.takeShare(member);
  }

  /** @returns false for a client that is no member */
  leave(client: bigint): boolean {
    if (!this.members.delete(client)) return false;
    this.changes++;
    this.dealAnew();
    return true;
  }

  /** Follows the topic: partitions come and go at the end. */
  repartition(partitionCount: number): void {
    for (const slot of this.slots.splice(partitionCount)) slot.timer?.cancel();
    while (this.slots.length < partitionCount) this.slots.push(emptySlot());
    this.changes++;
    this.dealAnew();
  }

  find(client: bigint): Member | undefined {
    return this.members.get(client);
  }

  /** Partitions that the member may poll now, without those that wait for a commit. */
  assignment(member: Member): number[] {
    return this.partitionsWhere((slot) => slot.tenure?.member === member && slot.heir === undefined);
  }

  /** Partitions under the member's name: those that wait for its commit count as its own. */
  holdings(member: Member): number[] {
    return this.partitionsWhere((slot) => slot.tenure?.member === member);
  }

  /** The tenure under which the client may store and delete the offset of a partition. */
  tenureOf(client: bigint, partitionId: number): Tenure | undefined {
    const tenure = this.slots[partitionId]?.tenure;
    return tenure?.member.client === client ? tenure : undefined;
  }

  /** Begins a poll, or undefined when the client must synchronise first. Ends with {@link endPoll}. */
  beginPoll(client: bigint, partitionId: number): Tenure | undefined {
    const tenure = this.tenureOf(client, partitionId);
    if (tenure === undefined || this.slots[partitionId]?.heir !== undefined) return undefined;
    tenure.openPolls++;
    return tenure;
  }

  /**
   * @param lastOffset last offset of the reply, undefined when it has no messages
   * @param storedOffset the group's stored offset now, undefined for none
   * @returns false when the partition has moved meanwhile: messages that are not committed must not be handed out
   */
  endPoll(tenure: Tenure, lastOffset: number | undefined, storedOffset: number | undefined): boolean {
    const isHeld = this.holds(tenure);
    tenure.openPolls--;
    if (lastOffset !== undefined) tenure.polledOffset = lastOffset;
    this.noteStored(tenure, storedOffset);
    return isHeld;
  }

  /** Whether the tenure has not ended. */
  holds(tenure: Tenure): boolean {
    return this.slots[tenure.partitionId]?.tenure === tenure;
  }

  /** Tells what is stored now; completes a hand-over that waited for it. */
  noteStored(tenure: Tenure, storedOffset: number | undefined): void {
    tenure.storedOffset = storedOffset ?? -1;
    this.settle(tenure.partitionId);
  }

  /** The messages are gone, and with them everything that was polled and not committed. */
  forgetProgress(): void {
    for (const [partitionId, { tenure }] of this.slots.entries()) {
      if (tenure === undefined) continue;
      tenure.polledOffset = -1;
      tenure.storedOffset = -1;
      this.settle(partitionId);
    }
  }

  /** No timer is left behind. */
  close(): void {
    for (const slot of this.slots) endWaiting(slot);
  }

  private takeShare(heir: Member): void {
    const share = Math.floor(this.slots.length / this.members.size);
    const larger = this.slots.length % this.members.size;
    const held = new Map<Member, number[]>();
    for (const [partitionId, slot] of this.slots.entries()) {
      const holder = slot.heir ?? slot.tenure!.member;
      const partitionIds = held.get(holder);
      if (partitionIds === undefined) held.set(holder, [partitionId]);
      else partitionIds.push(partitionId);
    }
    let order = 0;
    for (const donor of this.members.values()) {
      const kept = share + (order++ < larger ? 1 : 0);
      for (const partitionId of held.get(donor)?.slice(kept).reverse() ?? []) this.move(partitionId, heir);
    }
  }

  private move(partitionId: number, heir: Member): void {
    const slot = this.slots[partitionId]!;
    if (isSettled(slot.tenure)) {
      slot.tenure = newTenure(heir, partitionId);
      return;
    }
    slot.heir = heir;
    slot.timer ??= this.options.clock.setTimer(this.options.rebalanceTimeoutMillis, () =>
      this.handOver(partitionId),
    );
  }

  private settle(partitionId: number): void {
    const slot = this.slots[partitionId];
    if (slot?.heir !== undefined && isSettled(slot.tenure)) this.handOver(partitionId);
  }

  private handOver(partitionId: number): void {
    const slot = this.slots[partitionId]!;
    const heir = slot.heir!;
    endWaiting(slot);
    slot.tenure = newTenure(heir, partitionId);
    this.changes++;
  }

  private dealAnew(): void {
    const members = this.memberList;
    for (const [partitionId, slot] of this.slots.entries()) {
      endWaiting(slot);
      const owner = members[partitionId % members.length];
      if (slot.tenure?.member === owner) continue;
      slot.tenure = owner && newTenure(owner, partitionId);
    }
  }

  private partitionsWhere(matches: (slot: Slot) => boolean): number[] {
    const ids: number[] = [];
    for (const [partitionId, slot] of this.slots.entries()) if (matches(slot)) ids.push(partitionId);
    return ids;
  }

  private lowestFreeId(): number {
    const taken = new Set(this.memberList.map((member) => member.id));
    let id = 0;
    while (taken.has(id)) id++;
    return id;
  }
}

function emptySlot(): Slot {
  return { tenure: undefined, heir: undefined, timer: undefined };
}

function newTenure(member: Member, partitionId: number): Tenure {
  return { member, partitionId, polledOffset: -1, storedOffset: -1, openPolls: 0 };
}

function isSettled(tenure: Tenure | undefined): boolean {
  return tenure === undefined || (tenure.openPolls === 0 && tenure.storedOffset >= tenure.polledOffset);
}

function endWaiting(slot: Slot): void {
  slot.timer?.cancel();
  slot.timer = undefined;
  slot.heir = undefined;
}
