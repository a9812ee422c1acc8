import type { Clock, TimerHandle } from "@ims/common";
import type { SeededRandom } from "../random/seeded-random.js";
import type { LinkConditions } from "./link-conditions.js";

const TINY_BYTES = 16;

/** Who stands at the two ends of a {@link Pipe}. */
export interface PipeEnds {
  /** A chunk arrived; it belongs to the receiver. */
  onBytes(chunk: Uint8Array): void;
  /** The sender has closed in order: everything it sent has arrived. */
  onEnd(): void;
  /** The sender has cut the connection. */
  onReset(): void;
  /** Nothing waits at the sender any more, after a write that answered false. */
  onDrain(): void;
}

interface Flight {
  readonly chunks: Uint8Array[];
  timer: TimerHandle;
}

/**
 * One direction of a simulated connection. Bytes wait at the sender as references, as they do in a socket that cannot
 * write yet, and are copied when they leave: who changes them before that sends what it changed them to.
 */
export class Pipe {
  private waiting: Uint8Array[] = [];
  private waitingBytes = 0;
  private readonly flights = new Set<Flight>();
  private flyingBytes = 0;
  private lastFlight: Flight | undefined;
  private lastDueMillis = 0;
  private heldUntilMillis = 0;
  private drainWanted = false;
  /** What follows the last waiting byte. */
  private finish: "end" | undefined;
  private closed = false;

  constructor(
    private readonly clock: Clock,
    private readonly random: SeededRandom,
    private readonly conditions: LinkConditions,
    private readonly ends: PipeEnds,
  ) {}

  /** Answers false when more than the buffer's size waits; `onDrain` follows then. */
  write(bytes: Uint8Array): boolean {
    if (this.closed || this.finish) return false;
    if (bytes.length > 0) {
      this.waiting.push(bytes);
      this.waitingBytes += bytes.length;
      this.send();
    }
    if (this.waitingBytes <= this.conditions.bufferBytes) return true;
    this.drainWanted = true;
    return false;
  }

  /** Closes in order, behind what was written. */
  end(): void {
    if (this.closed || this.finish) return;
    this.finish = "end";
    this.send();
  }

  /** Drops what waits. What has left arrives, unless the receiver loses it to the reset, which is a matter of luck. */
  cut(how: "end" | "reset"): void {
    if (this.closed) return;
    this.waiting = [];
    this.waitingBytes = 0;
    if (how === "reset" && this.random.chance(0.5)) this.dropFlights();
    this.closed = true;
    this.depart(() => (how === "end" ? this.ends.onEnd() : this.ends.onReset()));
  }

  /** From now on nothing arrives any more, and nobody is told. */
  freeze(): void {
    this.closed = true;
    this.waiting = [];
    this.waitingBytes = 0;
    this.dropFlights();
  }

  /** What leaves from now on arrives at this time at the earliest. */
  holdFor(millis: number): void {
    this.heldUntilMillis = Math.max(this.heldUntilMillis, this.clock.monotonicMillis() + millis);
  }

  private send(): void {
    while (this.waitingBytes > 0 && this.flyingBytes < this.conditions.windowBytes) this.sendFragment();
    if (this.waitingBytes > 0 || this.closed) return;
    if (this.finish) {
      this.closed = true;
      this.depart(() => this.ends.onEnd());
    }
    if (this.drainWanted) {
      this.drainWanted = false;
      queueMicrotask(() => this.ends.onDrain());
    }
  }

  private sendFragment(): void {
    const { random, conditions } = this;
    const room = conditions.windowBytes - this.flyingBytes;
    const sizeMax = random.chance(conditions.tinyFragmentChance) ? TINY_BYTES : conditions.fragmentBytesMax;
    const [first] = this.waiting as [Uint8Array];
    const byteCount = Math.min(first.length, room, random.between(1, sizeMax));
    const fragment = first.slice(0, byteCount);
    if (byteCount === first.length) this.waiting.shift();
    else this.waiting[0] = first.subarray(byteCount);
    this.waitingBytes -= byteCount;
    this.flyingBytes += byteCount;
    if (this.lastFlight && random.chance(conditions.mergeChance)) this.lastFlight.chunks.push(fragment);
    else this.lastFlight = this.depart((flight) => this.arrive(flight), fragment);
  }

  private depart(onArrival: (flight: Flight) => void, ...chunks: Uint8Array[]): Flight {
    const nowMillis = this.clock.monotonicMillis();
    const [min, max] = this.conditions.latencyMillis;
    const dueMillis = Math.max(
      nowMillis + this.random.between(min, max),
      this.lastDueMillis,
      this.heldUntilMillis,
    );
    this.lastDueMillis = dueMillis;
    const timer = this.clock.setTimer(dueMillis - nowMillis, () => {
      this.flights.delete(flight);
      if (this.lastFlight === flight) this.lastFlight = undefined;
      onArrival(flight);
    });
    const flight: Flight = { chunks, timer };
    this.flights.add(flight);
    return flight;
  }

  private arrive({ chunks }: Flight): void {
    const bytes = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
    this.flyingBytes -= bytes.length;
    this.ends.onBytes(bytes);
    this.send();
  }

  private dropFlights(): void {
    for (const { timer } of this.flights) timer.cancel();
    this.flights.clear();
    this.lastFlight = undefined;
    this.flyingBytes = 0;
  }
}
