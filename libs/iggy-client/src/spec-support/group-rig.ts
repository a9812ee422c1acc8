import { SimulatedClock } from "@ims/common";
import { COMMANDS, frameBody } from "@ims/iggy-protocol";
import { IggyClient } from "../client/iggy-client.js";
import type { ConsumedMessage } from "../consumer/consumed-message.js";
import type { Consumer } from "../consumer/consumer.js";
import type { GroupConsumerOptions } from "../consumer/consumer-options.js";
import { settled } from "./consumer-fixture.js";
import { type PeerConnection, ScriptedPeer, seededRandom } from "./scripted-peer.js";
import { TopicModel } from "./topic-model.js";

/** One member of the group with a client of its own, which takes one message at a time. */
class Member {
  private readonly iterator: AsyncIterator<ConsumedMessage>;
  private waiting = false;
  private last: ConsumedMessage | undefined;

  constructor(
    private readonly rig: GroupRig,
    readonly client: IggyClient,
    readonly consumer: Consumer,
  ) {
    this.iterator = consumer[Symbol.asyncIterator]();
    consumer.on("assigned", ({ partitionId }) => this.positions.delete(partitionId));
    consumer.on("revoked", ({ partitionId, complete }) => {
      // What the server does by itself when its time is over.
      if (!complete) rig.topic.group.forceHandOver(partitionId);
    });
  }

  /** Last offset of each partition since it was assigned. */
  private readonly positions = new Map<number, number>();

  /** Asks for the next message unless it waits for one already: then the one before is handled. */
  pull(): void {
    if (this.waiting) return;
    if (this.last) this.rig.onHandled(this.last);
    this.waiting = true;
    void this.iterator.next().then(({ done, value }) => {
      this.waiting = false;
      if (done) return;
      this.last = value;
      this.rig.onTaken(this.positions, value);
    });
  }

  /** Commits all it was done with before the message at hand, as an application that commits by hand would. */
  async commitHandled(): Promise<void> {
    const handled = this.consumer.partitions().filter((partition) => partition.handled >= 0);
    const commits = handled.map(({ partitionId, handled: offset }) =>
      this.consumer.commit({ partitionId, offset }).catch(() => {}),
    );
    void Promise.all(commits);
  }
}

/**
 * A group of members on simulated time that read a topic model over real sockets, and what must hold of them: messages
 * are given for the first time in order, none left out, and nothing is committed that was not handled.
 */
export class GroupRig {
  readonly clock = new SimulatedClock();
  readonly faults: string[] = [];
  readonly members: Member[] = [];
  private readonly takenThrough: number[];
  private readonly handledThrough: number[];
  private peer!: ScriptedPeer;
  private memberCount = 0;

  constructor(
    readonly topic: TopicModel,
    private readonly options: Partial<GroupConsumerOptions>,
  ) {
    this.takenThrough = topic.partitions.map(() => -1);
    this.handledThrough = topic.partitions.map(() => -1);
  }

  async start(): Promise<void> {
    this.peer = await ScriptedPeer.start((request) => {
      if (request.name === "offset.store") {
        const { partitionId, offset } = COMMANDS.storeOffset.codec.decodeRequest(frameBody(request.frame));
        if (Number(offset) > this.handledThrough[partitionId!]!) {
          this.faults.push(`offset ${offset} of partition ${partitionId} was committed and not handled`);
        }
      }
      return this.topic.script(request);
    });
  }

  async join(): Promise<void> {
    const random = seededRandom(1000 + this.memberCount++);
    const client = await IggyClient.connect(this.peer.url, { clock: this.clock, random });
    const consumer = client.createConsumer({ stream: "s", topic: "t", group: "g", ...this.options });
    this.members.push(new Member(this, client, consumer));
  }

  /** Closes a member and its client. */
  async leave(index: number): Promise<void> {
    const [member] = this.members.splice(index % Math.max(1, this.members.length), 1);
    if (!member) return;
    let closed = false;
    void member.client.close().then(() => {
      closed = true;
    });
    while (!closed) await this.pass(20);
  }

  /** Cuts a connection. */
  disconnect(index: number): void {
    const open: PeerConnection[] = this.peer.connections.filter(({ closed }) => !closed);
    open[index % Math.max(1, open.length)]?.drop();
  }

  async pass(millis: number): Promise<void> {
    await settled(3);
    await this.clock.advance(millis);
    await settled(3);
  }

  get allTaken(): boolean {
    return this.topic.partitions.every(({ id, nextOffset }) => this.takenThrough[id] === nextOffset - 1);
  }

  async end(): Promise<void> {
    while (this.members.length > 0) await this.leave(0);
    await this.peer.close();
  }

  onTaken(positions: Map<number, number>, { partitionId, offset }: ConsumedMessage): void {
    const before = positions.get(partitionId) ?? -1;
    if (offset <= before) this.faults.push(`${partitionId}:${offset} came behind ${partitionId}:${before}`);
    positions.set(partitionId, offset);
    const through = this.takenThrough[partitionId]!;
    if (offset > through + 1) this.faults.push(`${partitionId}:${through + 1} was left out`);
    this.takenThrough[partitionId] = Math.max(through, offset);
  }

  onHandled({ partitionId, offset }: ConsumedMessage): void {
    this.handledThrough[partitionId] = Math.max(this.handledThrough[partitionId]!, offset);
  }
}
