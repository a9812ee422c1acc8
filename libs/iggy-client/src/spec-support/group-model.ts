/**
 * The membership of one consumer group as server-behaviour.md section 8 describes it: a join moves partitions
 * cooperatively, a leave deals them anew.
 */
export class GroupModel {
  generation = 0;
  private members: bigint[] = [];
  private readonly owners = new Map<number, bigint>();
  /** Partitions on their way to another member. */
  private readonly pending = new Map<number, bigint>();
  private readonly polledThrough = new Map<number, number>();

  constructor(
    private readonly partitionIds: () => readonly number[],
    private readonly storedOffset: (partitionId: number) => number,
  ) {}

  get memberCount(): number {
    return this.members.length;
  }

  isMember(client: bigint): boolean {
    return this.members.includes(client);
  }

  join(client: bigint): void {
    if (this.isMember(client)) return;
    this.members.push(client);
    this.generation++;
    if (this.members.length === 1) {
      this.dealAnew();
      return;
    }
    const partitionIds = this.partitionIds();
    const share = (index: number) =>
      Math.floor(partitionIds.length / this.members.length) +
      (index < partitionIds.length % this.members.length ? 1 : 0);
    let missing = share(this.members.length - 1);
    for (let index = 0; index < this.members.length - 1; index++) {
      const owned = this.ownedBy(this.members[index]!);
      while (owned.length > share(index) && missing-- > 0) this.handOver(owned.pop()!, client);
    }
  }

  leave(client: bigint): boolean {
    if (!this.isMember(client)) return false;
    this.members = this.members.filter((member) => member !== client);
    this.generation++;
    this.dealAnew();
    return true;
  }

  /** `undefined` for a client that is no member. */
  assignmentOf(client: bigint): number[] | undefined {
    if (!this.isMember(client)) return undefined;
    return this.ownedBy(client).filter((partitionId) => !this.pending.has(partitionId));
  }

  mayPoll(client: bigint, partitionId: number): boolean {
    return this.owners.get(partitionId) === client && !this.pending.has(partitionId);
  }

  mayStore(client: bigint, partitionId: number): boolean {
    return this.owners.get(partitionId) === client;
  }

  onPolled(partitionId: number, throughOffset: number): void {
    this.polledThrough.set(partitionId, throughOffset);
  }

  onStored(partitionId: number): void {
    const next = this.pending.get(partitionId);
    if (next === undefined || this.isUncommitted(partitionId)) return;
    this.pending.delete(partitionId);
    this.owners.set(partitionId, next);
    this.polledThrough.delete(partitionId);
    this.generation++;
  }

  /** Gives a partition to somebody else at once, as after the rebalancing timeout. */
  forceHandOver(partitionId: number): void {
    const next = this.pending.get(partitionId);
    if (next === undefined) return;
    this.polledThrough.delete(partitionId);
    this.onStored(partitionId);
  }

  private ownedBy(client: bigint): number[] {
    return this.partitionIds().filter(
      (partitionId) =>
        (this.pending.get(partitionId) ?? this.owners.get(partitionId)) === client ||
        this.owners.get(partitionId) === client,
    );
  }

  private handOver(partitionId: number, to: bigint): void {
    if (this.isUncommitted(partitionId)) this.pending.set(partitionId, to);
    else {
      this.owners.set(partitionId, to);
      this.polledThrough.delete(partitionId);
    }
  }

  private isUncommitted(partitionId: number): boolean {
    return (this.polledThrough.get(partitionId) ?? -1) > this.storedOffset(partitionId);
  }

  private dealAnew(): void {
    this.owners.clear();
    this.pending.clear();
    this.polledThrough.clear();
    if (this.members.length === 0) return;
    this.partitionIds().forEach((partitionId, index) => {
      this.owners.set(partitionId, this.members[index % this.members.length]!);
    });
  }
}
