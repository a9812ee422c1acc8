import type { ConsumerRequests } from "./consumer-requests.js";

/** Partitions that the member may read now. */
export interface Membership {
  readonly partitionIds: readonly number[];
  /** Joined just now: whatever was assigned before may have been somebody else's meanwhile. */
  readonly joined: boolean;
}

/** Makes the client a member of a group, again whenever it is none any more, and reads its assignment. */
export class GroupMembership {
  private isMember = false;

  constructor(
    private readonly requests: ConsumerRequests,
    private readonly createGroup: boolean,
  ) {}

  /** Throws what joining ends in, `iggy-client.consumer-target-missing` for one. */
  async refresh(): Promise<Membership> {
    if (this.isMember) {
      const assignment = await this.requests.syncGroup();
      if (assignment) return { partitionIds: assignment.partitionIds, joined: false };
      this.isMember = false;
    }
    await this.join();
    const assignment = await this.requests.syncGroup();
    this.isMember = assignment !== null;
    return { partitionIds: assignment?.partitionIds ?? [], joined: true };
  }

  async leave(): Promise<void> {
    if (!this.isMember) return;
    this.isMember = false;
    await this.requests.leaveGroup();
  }

  private async join(): Promise<void> {
    if (this.createGroup && !(await this.requests.groupExists())) await this.requests.createGroup();
    await this.requests.joinGroup();
  }
}
