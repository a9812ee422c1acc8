import type { GroupAssignment, GroupDetails } from "@ims/iggy-protocol";
import type { NamedEntry } from "./named-table.js";

const HAND_OVER_MICROS_MAX = 30_000_000;

interface Member {
  readonly id: number;
  readonly client: bigint;
  partitionIds: number[];
}

/** A partition on its way from one member to another: nobody polls it until the old owner is through. */
interface HandOver {
  readonly partitionId: number;
  readonly from: Member;
  readonly to: Member;
  readonly sinceMicros: number;
}

/**
 * One consumer group (server-behaviour.md section 8). A join takes partitions from the members that hold most, from
 * the end of their lists; partitions with polled and uncommitted messages are handed over once these are committed.
 * Every other change deals all partitions anew.
 */
export class GroupModel implements NamedEntry {
  private members: Member[] = [];
  private handOvers: HandOver[] = [];
  private generation = 0;
  /** Last offset polled and not committed, by partition. */
  private readonly polled = new Map<number, number>();

  constructor(
    readonly id: number,
    public name: string,
    private readonly partitionIds: () => readonly number[],
    private readonly nowMicros: () => number,
  ) {}

  /** Joining twice changes nothing. */
  join(client: bigint): void {
    this.completeOverdue();
    if (this.memberOf(client)) return;
    let id = 0;
    while (this.members.some((member) => member.id === id)) id++;
    const member: Member = { id, client, partitionIds: [] };
    this.members.push(member);
    this.generation++;
    if (this.members.length === 1) {
      this.deal();
      return;
    }
    const share = Math.floor(this.partitionIds().length / this.members.length);
    for (let taken = 0; taken < share; taken++) this.takeOne(member);
    member.partitionIds.sort((a, b) => a - b);
  }

  /** False when the client is no member. */
  leave(client: bigint): boolean {
    const member = this.memberOf(client);
    if (!member) return false;
    this.members = this.members.filter((other) => other !== member);
    this.redeal();
    return true;
  }

  /** Deals all partitions anew, as after a change of their number. */
  redeal(): void {
    this.generation++;
    this.handOvers = [];
    this.polled.clear();
    this.deal();
  }

  /** `null` for a client that is no member. */
  assignmentOf(client: bigint): GroupAssignment | null {
    this.completeOverdue();
    const member = this.memberOf(client);
    return member && { generation: this.generation, partitionIds: [...member.partitionIds] };
  }

  /** Whether the client may poll the partition now. */
  owns(client: bigint, partitionId: number): boolean {
    this.completeOverdue();
    return this.memberOf(client)?.partitionIds.includes(partitionId) === true;
  }

  /** Whether the client may store offsets of the partition: its owner, or who hands it over. */
  mayCommit(client: bigint, partitionId: number): boolean {
    if (this.owns(client, partitionId)) return true;
    return this.handOvers.some(
      (pending) => pending.partitionId === partitionId && pending.from.client === client,
    );
  }

  onPolled(partitionId: number, lastOffset: number): void {
    this.polled.set(partitionId, lastOffset);
  }

  onCommitted(partitionId: number, offset: number): void {
    const polled = this.polled.get(partitionId);
    if (polled === undefined || offset < polled) return;
    this.polled.delete(partitionId);
    for (const pending of this.handOvers.filter((one) => one.partitionId === partitionId))
      this.complete(pending);
  }

  details(): GroupDetails {
    this.completeOverdue();
    const members = this.members.map(({ id, partitionIds, client }) => {
      const leaving = this.handOvers
        .filter(({ from }) => from.client === client)
        .map((one) => one.partitionId);
      return { id, partitionIds: [...partitionIds, ...leaving].sort((a, b) => a - b) };
    });
    const { id, name } = this;
    return { id, name, partitionCount: this.partitionIds().length, memberCount: members.length, members };
  }

  private memberOf(client: bigint): Member | null {
    return this.members.find((member) => member.client === client) ?? null;
  }

  private takeOne(to: Member): void {
    const held = (member: Member) =>
      member.partitionIds.length + this.handOvers.filter((pending) => pending.to === member).length;
    const from = this.members.reduce((most, member) => (held(member) > held(most) ? member : most));
    const partitionId = from.partitionIds.pop();
    if (partitionId === undefined) return;
    if (this.polled.has(partitionId)) {
      this.handOvers.push({ partitionId, from, to, sinceMicros: this.nowMicros() });
    } else to.partitionIds.push(partitionId);
  }

  private complete(pending: HandOver): void {
    this.handOvers = this.handOvers.filter((other) => other !== pending);
    pending.to.partitionIds = [...pending.to.partitionIds, pending.partitionId].sort((a, b) => a - b);
    this.generation++;
  }

  private completeOverdue(): void {
    const now = this.nowMicros();
    for (const pending of this.handOvers) {
      if (now - pending.sinceMicros < HAND_OVER_MICROS_MAX) continue;
      this.polled.delete(pending.partitionId);
      this.complete(pending);
    }
  }

  private deal(): void {
    const { members } = this;
    for (const member of members) member.partitionIds = [];
    if (members.length === 0) return;
    for (const [index, partitionId] of this.partitionIds().entries()) {
      members[index % members.length]!.partitionIds.push(partitionId);
    }
  }
}
