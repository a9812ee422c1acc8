import type { Socket } from "node:net";
import { type Clock, describeError } from "@ims/common";
import { FrameReader } from "@ims/iggy-protocol";
import type { BlockPool } from "@ims/segment-log";
import type { BrokerLogger } from "../broker-options.js";
import type { ReplySink, RequestDispatcher } from "./request-dispatcher.js";

/** Bounds of one connection; reading from the socket stops at each of them and goes on below it. */
export interface ConnectionLimits {
  readonly frameBytesMax: number;
  readonly inFlightCountMax: number;
  readonly inFlightBytesMax: number;
  readonly outboundBytesMax: number;
}

/** A client that does not take its last replies is cut off after this. */
const GOODBYE_MILLIS = 200;

/**
 * One socket: frames in, replies out. Invariant: requests are taken one by one, and none while a bound is reached, so
 * what one client can make the broker hold is bounded whatever it sends and however slowly it reads.
 */
export class Connection implements ReplySink {
  private readonly reader: FrameReader;
  private dispatcher: RequestDispatcher | undefined;
  private taking: Promise<void> | undefined;
  private isTaking = false;
  /** What was read while frames were being taken; the socket is paused then. */
  private early: Uint8Array[] = [];
  private ending = false;
  private isCorked = false;
  private inFlightCount = 0;
  private inFlightBytes = 0;
  private wake: (() => void) | undefined;

  constructor(
    private readonly socket: Socket,
    private readonly limits: ConnectionLimits,
    private readonly logger: BrokerLogger,
    private readonly clock: Clock,
    private readonly blocks: BlockPool,
  ) {
    this.reader = new FrameReader(limits.frameBytesMax, blocks);
  }

  /** Begins to take requests. */
  start(dispatcher: RequestDispatcher, onClosed: () => void): void {
    this.dispatcher = dispatcher;
    this.socket.on("data", (chunk: Buffer) => this.receive(chunk));
    this.socket.on("drain", () => this.continue());
    // A reset by the client is its normal way to go; the close that follows does the work.
    this.socket.on("error", (error) => this.logger.debug({ error: error.message }, "a connection failed"));
    this.socket.once("close", () => {
      this.ending = true;
      dispatcher.close();
      this.continue();
      onClosed();
    });
  }

  /** Replies of one turn of the event loop share a system call, and mostly wake their reader once. */
  send(pieces: readonly Uint8Array[], onTaken?: () => void): void {
    if (!this.socket.writable) {
      onTaken?.();
      return;
    }
    if (!this.isCorked) {
      this.isCorked = true;
      this.socket.cork();
      // Runs when no promise has anything to go on with: requests that wait for no disk are answered by then.
      process.nextTick(this.uncork);
    }
    const last = pieces.length - 1;
    for (let index = 0; index < last; index++) this.socket.write(pieces[index]!);
    // Called after the last byte, or with the error that ends the socket.
    this.socket.write(pieces[last]!, onTaken);
  }

  hold(byteCount: number, frame: Uint8Array): () => void {
    this.inFlightCount++;
    this.inFlightBytes += byteCount;
    return () => {
      this.blocks.giveBack(frame);
      this.inFlightCount--;
      this.inFlightBytes -= byteCount;
      this.continue();
    };
  }

  /** Closes at once; requests under way are carried out and not answered. */
  destroy(): void {
    this.uncork();
    this.socket.destroy();
  }

  /** Takes no more requests, lets those under way be answered, then closes. */
  async end(): Promise<void> {
    this.ending = true;
    this.socket.pause();
    this.continue();
    await this.taking;
    while (this.inFlightCount > 0) await this.change();
    await this.sayGoodbye();
  }

  private readonly uncork = (): void => {
    if (!this.isCorked) return;
    this.isCorked = false;
    this.socket.uncork();
  };

  private receive(chunk: Buffer): void {
    if (this.ending) return;
    // A plain view: the slice of a Buffer shares its memory, that of other arrays is a copy.
    const bytes = new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.length);
    if (this.isTaking) {
      // Only now: who sends one request after the other is never ahead, and to pause and resume costs as much as a poll.
      this.socket.pause();
      this.early.push(bytes);
      return;
    }
    this.reader.push(bytes);
    this.taking = this.takeFrames();
  }

  private async takeFrames(): Promise<void> {
    this.isTaking = true;
    try {
      // Nothing may be pushed into the reader before its frames are taken.
      do await this.takeWhole();
      while (this.pushEarly());
    } catch (error) {
      this.logger.warn(
        { error: describeError(error) },
        "a connection was closed because its bytes are no frames",
      );
      this.destroy();
    }
    this.isTaking = false;
    if (!this.ending && this.socket.isPaused()) this.socket.resume();
  }

  private async takeWhole(): Promise<void> {
    for (let frame = this.reader.next(); frame !== undefined && !this.ending; frame = this.reader.next()) {
      await this.dispatcher!.handle(frame);
      while (this.isFull() && !this.ending) await this.change();
    }
  }

  /** Whether there is more to take. */
  private pushEarly(): boolean {
    const bytes = this.ending ? undefined : this.early.shift();
    if (bytes === undefined) return false;
    this.reader.push(bytes);
    return true;
  }

  private isFull(): boolean {
    return (
      this.inFlightCount >= this.limits.inFlightCountMax ||
      this.inFlightBytes >= this.limits.inFlightBytesMax ||
      (this.socket.writableNeedDrain && this.socket.writableLength >= this.limits.outboundBytesMax)
    );
  }

  /** Resolves when something happened that may have made room. */
  private change(): Promise<void> {
    return new Promise((resolve) => {
      this.wake = resolve;
    });
  }

  private continue(): void {
    this.wake?.();
    this.wake = undefined;
  }

  private sayGoodbye(): Promise<void> {
    if (this.socket.destroyed) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = this.clock.setTimer(GOODBYE_MILLIS, () => this.socket.destroy());
      this.socket.once("close", () => {
        timer.cancel();
        resolve();
      });
      this.socket.destroySoon();
    });
  }
}
