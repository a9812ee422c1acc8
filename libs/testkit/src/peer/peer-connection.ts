import type { Clock, TimerHandle } from "@ims/common";
import type { ByteStream } from "@ims/iggy-client";
import {
  commandOf,
  decodeRequestHeader,
  FrameKind,
  FrameReader,
  frameKind,
  isPartitionOperation,
  type RequestHeader,
} from "@ims/iggy-protocol";
import type { ModelConnection } from "../model/model-connection.js";
import type { Fault, PlannedRequest } from "./fault.js";
import { faultyReply } from "./faulty-reply.js";

/** What a stream of a simulated network can do besides. */
export interface PeerStream extends ByteStream {
  reset?(): void;
  resetAndDestroy?(): unknown;
  freeze?(): void;
  stall?(millis: number): void;
}

/** What a connection asks of its peer. */
export interface ConnectionHost {
  readonly clock: Clock;
  cutRequest(): number | undefined;
  faultOf(request: Omit<PlannedRequest, "ordinal">): Fault | undefined;
  onClosed(connection: PeerConnection): void;
}

/** Longest time for which a reply is held back to be overtaken. */
const HOLD_MILLIS = 40;

/** Frames of one connection, carried out one after the other on the model, each with its fault. */
export class PeerConnection {
  private readonly reader = new FrameReader();
  private waiting: Uint8Array[] = [];
  private pause: TimerHandle | undefined;
  /** Replies of partition operations, held back to be overtaken; they keep their order among themselves. */
  private held: Uint8Array[] = [];
  private holdTimer: TimerHandle | undefined;
  private cutAfterBytes: number | undefined;
  private cutDecided = false;
  private state: "open" | "silent" | "closed" = "open";

  constructor(
    private readonly stream: PeerStream,
    private readonly model: ModelConnection,
    private readonly host: ConnectionHost,
  ) {
    stream.on("data", (chunk) => this.receive(chunk));
    stream.on("error", () => undefined);
    stream.on("close", () => this.close("end"));
  }

  /** Ends the connection from this side, once. */
  close(how: "end" | "reset" | "destroy"): void {
    if (this.state === "closed") return;
    this.state = "closed";
    this.waiting = [];
    this.pause?.cancel();
    this.holdTimer?.cancel();
    this.model.endSession();
    if (how === "end") this.stream.end();
    else if (how === "reset" && this.stream.reset) this.stream.reset();
    else if (how === "reset" && this.stream.resetAndDestroy) this.stream.resetAndDestroy();
    else this.stream.destroy();
    this.host.onClosed(this);
  }

  private receive(chunk: Uint8Array): void {
    if (this.state !== "open") return;
    this.reader.push(chunk);
    while (this.state === "open" && this.reader.pendingBytes > 0) {
      if (!this.cutDecided) {
        this.cutAfterBytes = this.host.cutRequest();
        this.cutDecided = true;
      }
      const frame = this.nextFrame();
      if (this.cutAfterBytes !== undefined && (frame || this.reader.pendingBytes >= this.cutAfterBytes)) {
        this.close("reset");
        return;
      }
      if (!frame) return;
      this.cutDecided = false;
      this.waiting.push(frame.slice());
      this.work();
    }
  }

  /** Bytes that are no frame close the connection (wire.md section 8). */
  private nextFrame(): Uint8Array | undefined {
    try {
      return this.reader.next();
    } catch {
      this.close("end");
      return undefined;
    }
  }

  private work(): void {
    while (this.state === "open" && !this.pause) {
      const frame = this.waiting.shift();
      if (!frame) return;
      this.take(frame);
    }
  }

  private take(frame: Uint8Array): void {
    if (frameKind(frame) !== FrameKind.Request) return;
    const header = decodeRequestHeader(frame);
    const fault = this.host.faultOf({
      name: commandOf(header)?.name ?? "unknown",
      operation: header.operation,
    });
    if (fault?.kind !== "delay") {
      this.answer(header, frame, fault);
      return;
    }
    this.pause = this.host.clock.setTimer(fault.millis, () => {
      this.pause = undefined;
      this.answer(header, frame, undefined);
      this.work();
    });
  }

  private answer(header: RequestHeader, frame: Uint8Array, fault: Fault | undefined): void {
    const execute = () => this.model.handle(frame);
    if (!fault || fault.kind === "delay") {
      this.send(header, execute());
      return;
    }
    switch (fault.kind) {
      case "stall":
        this.stream.stall?.(fault.millis);
        this.send(header, execute());
        return;
      case "close":
        this.closeInReply(fault.executed ? execute() : undefined, fault);
        return;
      case "overtaken":
        this.hold(execute());
        return;
      case "silence":
        this.state = "silent";
        this.model.endSession();
        this.stream.freeze?.();
        return;
      default:
        for (const reply of faultyReply(header, fault, execute)) this.send(header, reply);
    }
    if (fault.kind !== "evict") return;
    this.model.endSession();
    if (fault.close) this.close("end");
  }

  private closeInReply(reply: Uint8Array | undefined, { replyBytes, how }: Fault & { kind: "close" }): void {
    if (reply && replyBytes > 0) this.write(reply.subarray(0, Math.min(replyBytes, reply.length - 1)));
    this.close(how);
  }

  private send(header: RequestHeader, reply: Uint8Array | undefined): void {
    if (!reply) return;
    if (this.held.length > 0 && isPartitionOperation(header.operation)) {
      this.held.push(reply);
      return;
    }
    this.write(reply);
    this.releaseHeld();
  }

  private hold(reply: Uint8Array | undefined): void {
    if (!reply) return;
    this.held.push(reply);
    this.holdTimer ??= this.host.clock.setTimer(HOLD_MILLIS, () => this.releaseHeld());
  }

  private releaseHeld(): void {
    this.holdTimer?.cancel();
    this.holdTimer = undefined;
    for (const reply of this.held.splice(0)) this.write(reply);
  }

  private write(bytes: Uint8Array): void {
    if (this.state === "open") this.stream.write(bytes);
  }
}
