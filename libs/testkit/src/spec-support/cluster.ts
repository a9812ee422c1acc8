import { type ClusterNode, Operation } from "@ims/iggy-protocol";
import type { Fault, FaultPlan, PlannedRequest } from "../peer/fault.js";
import { IggyPeer } from "../peer/iggy-peer.js";
import { randomFaults } from "../peer/random-faults.js";
import type { SeededRandom } from "../random/seeded-random.js";
import { type ClientRig, RIG_PORT } from "../rig/client-rig.js";

const NOT_ACCEPTED = 58;

/**
 * Nodes of one cluster on the network of a rig. They share what is stored; only the leader takes changes, the others
 * answer 58. Each node tells of the leader it knows of, which may be an earlier one, or none.
 */
export class Cluster {
  private readonly nodes: { readonly host: string; readonly peer: IggyPeer; knownLeader: number }[];
  private readonly stopped = new Set<number>();
  private leader = 0;

  constructor(
    rig: ClientRig,
    nodeCount: number,
    private readonly random: SeededRandom,
  ) {
    this.nodes = Array.from({ length: nodeCount }, (_, index) => {
      const host = `10.0.1.${index}`;
      const peer = new IggyPeer(rig.model, rig.clock);
      rig.network.listen(host, RIG_PORT, peer.accept);
      return { host, peer, knownLeader: 0 };
    });
    rig.network.dialOutcome = (address) => (this.stopped.has(this.indexOf(address)) ? "refuse" : "connect");
    this.startFaults(0);
  }

  get url(): string {
    const addresses = this.nodes.map(({ host }) => `${host}:${RIG_PORT}`).join(",");
    return `iggy://iggy:iggy@${addresses}?heartbeat_interval=1s&reestablish_after=0`;
  }

  /** Requests that all nodes took up. */
  get requestCount(): number {
    return this.nodes.reduce((sum, { peer }) => sum + peer.requests.length, 0);
  }

  /** Another node leads, and not every node knows it yet; or a node stops or is back. */
  change(): void {
    const { random, nodes } = this;
    const index = random.between(0, nodes.length - 1);
    switch (random.pick(["lead", "lead", "learn", "stop", "start"] as const)) {
      case "lead":
        this.leader = index;
        nodes[index]!.knownLeader = index;
        return;
      case "learn":
        nodes[index]!.knownLeader = random.pick([this.leader, -1, random.between(0, nodes.length - 1)]);
        return;
      case "stop":
        this.stopped.add(index);
        nodes[index]!.peer.close();
        return;
      case "start":
        this.stopped.delete(index);
    }
  }

  /** All nodes run and agree. */
  settle(): void {
    this.stopped.clear();
    for (const node of this.nodes) node.knownLeader = this.leader;
    this.startFaults(0);
  }

  startFaults(budget: number): void {
    for (const index of this.nodes.keys()) this.planFor(index, budget);
  }

  close(): void {
    for (const { peer } of this.nodes) peer.close();
  }

  private planFor(index: number, budget: number): void {
    const faults = randomFaults(this.random.fork(), { rate: 0.1, budget, refusedSendsMayBeStored: true });
    this.nodes[index]!.peer.plan = this.rolePlan(index, faults);
  }

  private rolePlan(index: number, faults: FaultPlan): FaultPlan {
    const roleOf = (request: PlannedRequest): Fault | undefined => {
      if (request.name === "system.cluster-metadata") return { kind: "nodes", nodes: this.rosterOf(index) };
      const isChange = request.operation > Operation.Logout;
      if (isChange && index !== this.leader) return { kind: "refuse", code: NOT_ACCEPTED, executed: false };
      return undefined;
    };
    return {
      cutRequest: () => faults.cutRequest(),
      faultOf: (request) => roleOf(request) ?? faults.faultOf(request),
    };
  }

  private rosterOf(index: number): ClusterNode[] {
    const { knownLeader } = this.nodes[index]!;
    return this.nodes.map(({ host }, other) => ({
      name: host,
      ip: host,
      tcpPort: RIG_PORT,
      quicPort: 0,
      httpPort: 0,
      webSocketPort: 0,
      role: other === knownLeader ? "leader" : "follower",
      status: "healthy",
    }));
  }

  private indexOf(address: string): number {
    return this.nodes.findIndex(({ host }) => address === `${host}:${RIG_PORT}`);
  }
}
