import { SimulatedClock } from "@ims/common";
import { type ConnectOptions, IggyClient } from "@ims/iggy-client";
import { fail } from "../errors.js";
import { ServerModel } from "../model/server-model.js";
import { CALM_LINK, type LinkConditions } from "../network/link-conditions.js";
import { SimulatedNetwork } from "../network/simulated-network.js";
import { IggyPeer } from "../peer/iggy-peer.js";
import { SeededRandom } from "../random/seeded-random.js";
import { runSimulated } from "../time/run-simulated.js";
import { ScopedClock } from "../time/scoped-clock.js";

export const RIG_HOST = "10.0.0.1";
export const RIG_PORT = 8090;

export interface RigOptions {
  readonly conditions?: LinkConditions;
  /** Behind the question mark of the connection string. Default no heartbeat. */
  readonly query?: string;
}

/**
 * A whole world for one client: simulated time, a simulated network and a peer on it, all from one seed. Nothing in it
 * touches the machine, so thousands run in the time of one real connection, and each can be repeated.
 */
export class ClientRig {
  readonly clock = new SimulatedClock();
  /** The time that clients get: its pending timers are theirs. */
  readonly clientClock = new ScopedClock(this.clock);
  readonly random: SeededRandom;
  readonly network: SimulatedNetwork;
  readonly model: ServerModel;
  readonly peer: IggyPeer;
  private readonly stopListening: () => void;

  constructor(
    readonly seed: number,
    private readonly options: RigOptions = {},
  ) {
    this.random = new SeededRandom(seed);
    this.network = new SimulatedNetwork(this.clock, this.random.fork(), options.conditions ?? CALM_LINK);
    this.model = new ServerModel({ clock: this.clock });
    this.peer = new IggyPeer(this.model, this.clock);
    this.stopListening = this.network.listen(RIG_HOST, RIG_PORT, this.peer.accept);
  }

  get url(): string {
    return `iggy://iggy:iggy@${RIG_HOST}:${RIG_PORT}?${this.options.query ?? "heartbeat_interval=0"}`;
  }

  /** Starts to connect a client; drive time with {@link run} meanwhile. */
  connect(options: ConnectOptions = {}, url = this.url): Promise<IggyClient> {
    return IggyClient.connect(url, {
      clock: this.clientClock,
      random: this.random.fork().next,
      dial: this.network.dial,
      ...options,
    });
  }

  /** Moves time until the work settles; throws `testkit.hang` with the seed when it does not. */
  run<Result>(work: Promise<Result>, what: string, limitMillis = 600_000): Promise<Result> {
    return runSimulated(this.clock, work, { limitMillis, what: `${what} (seed ${this.seed})` });
  }

  /**
   * To be called when all clients are closed: throws `testkit.leak` when one of them left a timer or a connection.
   * What is still on its way is given the time to arrive.
   */
  async finish(): Promise<void> {
    const timers = this.clientClock.pendingTimerCount;
    this.stopListening();
    this.peer.close();
    await this.clock.advance(60_000);
    const { openStreamCount } = this.network;
    const others = this.network.pendingTimerCount + this.peer.clock.pendingTimerCount;
    if (timers > 0 || openStreamCount > 0 || others > 0) {
      throw fail(
        "testkit.leak",
        `seed ${this.seed}: ${timers} timers of clients, ${openStreamCount} ends of connections and ${others} timers of network and peer were left behind`,
      );
    }
  }
}
