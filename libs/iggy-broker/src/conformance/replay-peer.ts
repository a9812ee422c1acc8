import { connect, type Socket } from "node:net";
import { type Clock, systemClock } from "@ims/common";
import { decodeReplyHeader, FrameKind, FrameReader, frameKind } from "@ims/iggy-protocol";
import { isRefusal, matchKey } from "./compare-frames.js";

const FRAME_BYTES_MAX = 256 * 2 ** 20;

/** One connection of a recording: what came and was not asked for yet is in `frames`. */
export class ReplayPeer {
  private readonly reader = new FrameReader(FRAME_BYTES_MAX);
  private readonly wakers = new Set<() => void>();
  private frames: Uint8Array[] = [];
  private isClosed = false;
  /** Requests that the recorded server left without an answer; a clean error is as good. */
  silences = 0;

  private constructor(
    private readonly socket: Socket,
    private readonly waitMillis: number,
    private readonly clock: Clock,
  ) {
    socket.on("data", (chunk) => {
      this.reader.push(chunk);
      for (let frame = this.reader.next(); frame !== undefined; frame = this.reader.next())
        this.frames.push(frame);
      this.wake();
    });
    socket.on("error", () => undefined);
    socket.on("close", () => {
      this.isClosed = true;
      this.wake();
    });
  }

  /** @param waitMillis how long to wait for anything that the recording says must come */
  static connect(port: number, waitMillis: number, clock: Clock = systemClock): Promise<ReplayPeer> {
    return new Promise((resolve, reject) => {
      const socket = connect({ host: "127.0.0.1", port, noDelay: true }, () =>
        resolve(new ReplayPeer(socket, waitMillis, clock)),
      );
      socket.once("error", reject);
    });
  }

  /** Whether something can still be sent. */
  get isOpen(): boolean {
    return this.socket.writable;
  }

  get closed(): boolean {
    return this.isClosed;
  }

  /** Frames that nothing has asked for. */
  get untaken(): readonly Uint8Array[] {
    return this.frames;
  }

  send(frame: Uint8Array): void {
    this.socket.write(frame);
  }

  halfClose(): void {
    this.socket.end();
  }

  /** The first frame that can be meant, or undefined when none comes. */
  async take(expected: Uint8Array): Promise<Uint8Array | undefined> {
    let frame = this.pick(expected);
    while (frame === undefined && !this.isClosed && (await this.change())) frame = this.pick(expected);
    return frame;
  }

  /** @returns false when the connection stays open */
  async waitClosed(): Promise<boolean> {
    while (!this.isClosed && (await this.change()));
    return this.isClosed;
  }

  /** The next frame of any kind, or undefined. */
  async takeAny(): Promise<Uint8Array | undefined> {
    while (this.frames.length === 0 && !this.isClosed && (await this.change()));
    return this.frames.shift();
  }

  /** Takes the reply to a request number, undefined when none comes. */
  async takeReplyTo(request: bigint): Promise<Uint8Array | undefined> {
    const isIt = (frame: Uint8Array) =>
      frameKind(frame) === FrameKind.Reply && decodeReplyHeader(frame).request === request;
    while (!this.frames.some(isIt) && !this.isClosed && (await this.change()));
    const reply = this.frames.find(isIt);
    this.frames = this.frames.filter((frame) => frame !== reply);
    return reply;
  }

  async end(): Promise<void> {
    this.socket.destroy();
    await this.waitClosed();
  }

  private pick(expected: Uint8Array): Uint8Array | undefined {
    const matching = this.frames.filter((frame) => matchKey(frame) === matchKey(expected));
    const preferred = matching.find((frame) => isRefusal(frame) === isRefusal(expected));
    const chosen = preferred ?? (this.silences === 0 ? (matching[0] ?? this.frames[0]) : undefined);
    if (chosen !== undefined) this.frames = this.frames.filter((frame) => frame !== chosen);
    return chosen;
  }

  /** Resolves with true at the next frame or close, with false when the time is over. */
  private change(): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = this.clock.setTimer(this.waitMillis, () => {
        this.wakers.delete(wake);
        resolve(false);
      });
      const wake = () => {
        timer.cancel();
        resolve(true);
      };
      this.wakers.add(wake);
    });
  }

  private wake(): void {
    const woken = [...this.wakers];
    this.wakers.clear();
    for (const wake of woken) wake();
  }
}
