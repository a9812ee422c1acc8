import type { Clock } from "@ims/common";
import type { ServerModel } from "../model/server-model.js";
import { ScopedClock } from "../time/scoped-clock.js";
import { type Fault, type FaultKind, type FaultPlan, NO_FAULTS, type PlannedRequest } from "./fault.js";
import { type ConnectionHost, PeerConnection, type PeerStream } from "./peer-connection.js";

/**
 * A server made of a model and a plan of faults, on whatever streams it is given: those of a simulated network, or TCP
 * by `listenTcp`. Several peers on one model are nodes of one cluster.
 */
export class IggyPeer implements ConnectionHost {
  readonly clock: ScopedClock;
  plan: FaultPlan = NO_FAULTS;
  /** How often each kind of fault came about. */
  readonly faultCounts = new Map<FaultKind | "cut-request", number>();
  /** Names of the requests taken up, in order of arrival. */
  readonly requests: string[] = [];
  private readonly connections = new Set<PeerConnection>();

  constructor(
    readonly model: ServerModel,
    clock: Clock,
  ) {
    this.clock = new ScopedClock(clock);
  }

  /** Connections that are not closed, silent ones included. */
  get openConnectionCount(): number {
    return this.connections.size;
  }

  /** Serves a connection. Bound to the instance, so that it can be handed to a listener. */
  readonly accept = (stream: PeerStream): void => {
    this.connections.add(new PeerConnection(stream, this.model.connect(), this));
  };

  /** Ends every connection. */
  close(): void {
    for (const connection of [...this.connections]) connection.close("destroy");
  }

  cutRequest(): number | undefined {
    const bytes = this.plan.cutRequest();
    if (bytes !== undefined) this.count("cut-request");
    return bytes;
  }

  faultOf(request: Omit<PlannedRequest, "ordinal">): Fault | undefined {
    const ordinal = this.requests.push(request.name) - 1;
    const fault = this.plan.faultOf({ ...request, ordinal });
    if (fault) this.count(fault.kind);
    return fault;
  }

  onClosed(connection: PeerConnection): void {
    this.connections.delete(connection);
  }

  private count(kind: FaultKind | "cut-request"): void {
    this.faultCounts.set(kind, (this.faultCounts.get(kind) ?? 0) + 1);
  }
}
