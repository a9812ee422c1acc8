import { type Clock, errorFactory } from "@ims/common";
import { type ByteStream, type Dialer, IGGY_CLIENT_ERRORS } from "@ims/iggy-client";
import type { SeededRandom } from "../random/seeded-random.js";
import { ScopedClock } from "../time/scoped-clock.js";
import { CALM_LINK, type LinkConditions } from "./link-conditions.js";
import { SimulatedStream } from "./simulated-stream.js";

const clientError = errorFactory(IGGY_CLIENT_ERRORS);

/** What becomes of an attempt to connect: `refuse` answers at once, `silence` never. */
export type DialOutcome = "connect" | "refuse" | "silence";

/**
 * Connections in memory, on simulated time, the same for the same seed. Servers `listen` on a host and port, clients
 * take `dial`. Everything about a connection that luck decides is drawn from `random`.
 */
export class SimulatedNetwork {
  private readonly clock: ScopedClock;
  private readonly listeners = new Map<string, (stream: SimulatedStream) => void>();
  private readonly open = new Set<SimulatedStream>();
  /** Decides about each attempt to connect to an address where somebody listens. */
  dialOutcome: (address: string) => DialOutcome = () => "connect";

  constructor(
    clock: Clock,
    private readonly random: SeededRandom,
    public conditions: LinkConditions = CALM_LINK,
  ) {
    this.clock = new ScopedClock(clock);
  }

  /** Ends of connections that are not closed; both ends count. */
  get openStreamCount(): number {
    return this.open.size;
  }

  /** Bytes, closings and answers to dialing that are still on their way. */
  get pendingTimerCount(): number {
    return this.clock.pendingTimerCount;
  }

  /** Takes connections to `host:port`; returns a function that ends it and leaves open connections alone. */
  listen(host: string, port: number, accept: (stream: SimulatedStream) => void): () => void {
    const address = `${host}:${port}`;
    if (this.listeners.has(address)) throw new Error(`somebody listens on ${address} already`);
    this.listeners.set(address, accept);
    return () => void this.listeners.delete(address);
  }

  /** For `ConnectOptions.dial`. */
  readonly dial: Dialer = async ({ host, port }, timeoutMillis, _clock, signal): Promise<ByteStream> => {
    signal.throwIfAborted();
    const address = `${host}:${port}`;
    const outcome = this.listeners.has(address) ? this.dialOutcome(address) : "refuse";
    const [min, max] = this.conditions.latencyMillis;
    const answerMillis = this.random.between(min, max);
    await this.pause(outcome === "silence" ? timeoutMillis : Math.min(answerMillis, timeoutMillis), signal);
    const accept = this.listeners.get(address);
    if (outcome === "silence" || answerMillis > timeoutMillis) {
      throw clientError("iggy-client.not-connected", `${address} did not answer within ${timeoutMillis} ms`);
    }
    if (outcome === "refuse" || !accept) {
      throw clientError("iggy-client.not-connected", `${address} cannot be reached`, {
        cause: Object.assign(new Error(`connect ECONNREFUSED ${address}`), { code: "ECONNREFUSED" }),
      });
    }
    const [near, far] = SimulatedStream.pair(this.clock, this.random, this.conditions, (stream) =>
      this.open.delete(stream),
    );
    this.open.add(near).add(far);
    accept(far);
    return near;
  };

  private pause(millis: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const onAbort = () => {
        timer.cancel();
        reject(signal.reason);
      };
      const timer = this.clock.setTimer(millis, () => {
        signal.removeEventListener("abort", onAbort);
        resolve();
      });
      signal.addEventListener("abort", onAbort, { once: true });
    });
  }
}
