import { EventEmitter } from "node:events";
import type { Clock } from "@ims/common";
import type { ByteStream } from "@ims/iggy-client";
import type { SeededRandom } from "../random/seeded-random.js";
import type { LinkConditions } from "./link-conditions.js";
import { Pipe } from "./pipe.js";

/**
 * One end of a simulated connection, with the manners of a `net.Socket` of which the other end's closing closes this
 * one too: `data`, `drain`, at most one `error`, one `close`, each in a later turn than the call that caused it.
 */
export class SimulatedStream extends EventEmitter implements ByteStream {
  private outgoing!: Pipe;
  private incoming!: Pipe;
  private isClosed = false;
  private hasEnded = false;
  private otherHasEnded = false;

  private constructor(
    private readonly random: SeededRandom,
    private readonly onClosed: (stream: SimulatedStream) => void,
  ) {
    super();
  }

  /** Two ends of one connection. @param onClosed called once for each end */
  static pair(
    clock: Clock,
    random: SeededRandom,
    conditions: LinkConditions,
    onClosed: (stream: SimulatedStream) => void,
  ): [SimulatedStream, SimulatedStream] {
    const [here, there] = [new SimulatedStream(random, onClosed), new SimulatedStream(random, onClosed)];
    here.outgoing = pipeBetween(here, there);
    there.outgoing = pipeBetween(there, here);
    here.incoming = there.outgoing;
    there.incoming = here.outgoing;
    return [here, there];

    function pipeBetween(sender: SimulatedStream, receiver: SimulatedStream): Pipe {
      return new Pipe(clock, random.fork(), conditions, {
        onBytes: (chunk) => receiver.receive(chunk),
        onEnd: () => receiver.receiveEnd(),
        onReset: () => receiver.receiveReset(),
        onDrain: () => sender.drained(),
      });
    }
  }

  get closed(): boolean {
    return this.isClosed;
  }

  write(bytes: Uint8Array): boolean {
    return !this.isClosed && this.outgoing.write(bytes);
  }

  end(): void {
    if (this.isClosed || this.hasEnded) return;
    this.hasEnded = true;
    this.outgoing.end();
    if (this.otherHasEnded) this.close();
  }

  destroy(): void {
    if (this.isClosed) return;
    this.outgoing.cut(this.random.chance(0.5) ? "end" : "reset");
    this.close();
  }

  /** Cuts the connection: the other end gets ECONNRESET. */
  reset(): void {
    if (this.isClosed) return;
    this.outgoing.cut("reset");
    this.close();
  }

  setNoDelay(): void {}

  /** Neither direction carries anything any more, and neither end is told: a cable is cut, a process is stopped. */
  freeze(): void {
    this.outgoing.freeze();
    this.incoming.freeze();
  }

  /** What is sent in either direction arrives no earlier than in this time. */
  stall(millis: number): void {
    this.outgoing.holdFor(millis);
    this.incoming.holdFor(millis);
  }

  private receive(chunk: Uint8Array): void {
    if (!this.isClosed) this.emit("data", chunk);
  }

  private receiveEnd(): void {
    if (this.isClosed || this.otherHasEnded) return;
    this.otherHasEnded = true;
    this.emit("end");
    if (this.hasEnded) this.close();
    else this.end();
  }

  private receiveReset(): void {
    if (this.isClosed) return;
    const error = Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" });
    this.outgoing.freeze();
    this.close(error);
  }

  private drained(): void {
    if (!this.isClosed) this.emit("drain");
  }

  private close(error?: Error): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.onClosed(this);
    queueMicrotask(() => {
      if (error) this.emit("error", error);
      this.emit("close");
    });
  }
}
