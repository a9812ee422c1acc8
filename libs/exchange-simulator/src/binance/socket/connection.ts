import type { Clock, TimerHandle } from "@ims/common";
import type { DeliveryLog } from "../faults/delivery-log.js";
import type { FaultEngine } from "../faults/fault-engine.js";
import type { ConnectionFault, FrameFault } from "../faults/fault-script.js";
import { breakOff, withExtraField, withReorderedKeys } from "../faults/mangle.js";
import { withLongerBlock } from "../frames/sbe-frames.js";
import type { TimeUnit } from "../frames/time-text.js";
import type { StreamRoute } from "../markets/market.js";
import { KeepAlive, type KeepAliveTimes } from "./keep-alive.js";
import { MessageRate } from "./message-rate.js";
import type { Peer } from "./peer.js";
import type { StreamAddress, StreamFormat } from "./stream-address.js";

/** What a connection tells its market. */
export interface ConnectionEvents {
  control(connection: Connection, text: string): void;
  closed(connection: Connection): void;
  policyClosed(connection: Connection, reason: string): void;
}

export interface ConnectionLimits extends KeepAliveTimes {
  readonly messagesPerSecond: number;
}

/** What every connection of a venue shares. */
export interface ConnectionSurroundings {
  readonly clock: Clock;
  readonly limits: ConnectionLimits;
  readonly events: ConnectionEvents;
  readonly faults: FaultEngine;
  readonly log: DeliveryLog;
  sinceStartMillis(): number;
}

/** A frame on its way to one connection. */
interface Frame {
  readonly stream: string;
  readonly bytes: Uint8Array;
  readonly firstId: number;
  readonly lastId: number;
}

interface HeldFrame {
  readonly frame: Frame;
  /** Later frames of the stream that still overtake it. */
  left: number;
}

/** Close code for a broken rule; RFC 6455, 7.4.1. */
const POLICY_VIOLATION = 1008;
const GOING_AWAY = 1001;

/** One WebSocket client: its options, its subscriptions, the venue's watch over it, and the faults on its way. */
export class Connection {
  combined: boolean;
  readonly timeUnit: TimeUnit;
  readonly route: StreamRoute | undefined;
  readonly format: StreamFormat;
  /** In the order of subscription, those that will stay silent included. */
  readonly subscriptions = new Set<string>();
  readonly #rate: MessageRate;
  readonly #keepAlive: KeepAlive;
  #pendingSends = 0;
  #waiters: { readonly bytesMax: number; readonly resolve: () => void }[] = [];
  #closed = false;
  #frozen = false;
  #stall: TimerHandle | undefined;
  #stalled: { readonly bytes: string | Uint8Array; readonly frame: Frame | undefined }[] = [];
  #stalledBytes = 0;
  #held: HeldFrame[] = [];

  /** @param number in the order of acceptance, from 1 */
  constructor(
    readonly number: number,
    private readonly peer: Peer,
    address: StreamAddress,
    private readonly around: ConnectionSurroundings,
  ) {
    this.combined = address.combined;
    this.timeUnit = address.timeUnit;
    this.route = address.route;
    this.format = address.format;
    const { clock, limits, events } = around;
    this.#rate = new MessageRate(clock, limits.messagesPerSecond);
    this.#keepAlive = new KeepAlive(clock, limits, {
      ping: (payload) => {
        if (this.isOpen) peer.ping(payload);
      },
      pongMissing: () => this.drop(),
      lifeOver: () => this.close(GOING_AWAY, "connection lifetime reached"),
    });
    peer.listen({
      message: (text) => {
        if (this.#admit()) events.control(this, text);
      },
      ping: () => void this.#admit(),
      pong: (payload) => {
        if (this.#admit()) this.#keepAlive.pong(payload);
      },
      closed: () => this.#end(),
    });
  }

  get isOpen(): boolean {
    return !this.#frozen && this.peer.isOpen;
  }

  /** Bytes accepted and not yet handed to the system. */
  get unsentBytes(): number {
    return this.peer.unsentBytes + this.#stalledBytes;
  }

  /** Sends one text frame that belongs to no stream, such as a reply. */
  send(text: string | Uint8Array): void {
    if (this.isOpen) this.#pass(text, undefined);
  }

  /** Sends a frame of a stream, unless a fault has its way with it. */
  deliver(stream: string, bytes: Uint8Array, firstId: number, lastId: number): void {
    if (!this.isOpen) return;
    const { faults, log } = this.around;
    if (!faults.watchesFrames && !this.#stall && this.#held.length === 0) {
      this.#hand(bytes);
      log.sent(this.number, stream, firstId, lastId);
      return;
    }
    const frame = { stream, bytes, firstId, lastId };
    const rule = faults.watchesFrames ? faults.frame(this.number, stream) : undefined;
    if (rule) this.#suffer(rule, frame);
    else this.#pass(bytes, frame);
    if (this.#held.length > 0) this.#release(stream, frame);
  }

  /** Resolves when at most so many bytes are unsent, or the connection has ended. */
  unsentBelow(bytesMax: number): Promise<void> {
    if (this.#closed || this.#pendingSends === 0 || this.unsentBytes <= bytesMax) return Promise.resolve();
    return new Promise((resolve) => this.#waiters.push({ bytesMax, resolve }));
  }

  /** Resolves when everything sent was handed to the system, or the connection has ended. */
  flushed(): Promise<void> {
    if (this.#closed || this.#pendingSends === 0) return Promise.resolve();
    return new Promise((resolve) => this.#waiters.push({ bytesMax: -1, resolve }));
  }

  /** Closes for a broken rule, as the venue does. */
  closeForPolicy(reason: string): void {
    if (!this.isOpen) return;
    this.around.events.policyClosed(this, reason);
    this.close(POLICY_VIOLATION, reason);
  }

  /** Closes with a close frame. */
  close(code: number, reason: string): void {
    if (this.isOpen) this.peer.close(code, reason);
  }

  /** Cuts the connection without a close frame. */
  drop(): void {
    if (!this.#frozen) this.peer.terminate();
  }

  /** Forgets the connection; the client is told nothing any more, not even an end. */
  freeze(): void {
    if (!this.isOpen) return;
    this.#frozen = true;
    this.peer.freeze();
    this.#end();
  }

  /** A connection fault that needs no frame. */
  breakBy(rule: ConnectionFault, frame?: Frame): void {
    this.#note(rule.fault, frame);
    if (rule.fault === "close") this.close(rule.code ?? GOING_AWAY, rule.reason ?? "");
    else if (rule.fault === "reset") this.drop();
    else this.freeze();
  }

  #suffer(rule: FrameFault | ConnectionFault, frame: Frame): void {
    if (rule.fault === "close" || rule.fault === "reset" || rule.fault === "half-open") {
      this.breakBy(rule, frame);
      return;
    }
    this.#note(rule.fault, frame);
    const { bytes } = frame;
    switch (rule.fault) {
      case "drop":
        return;
      case "duplicate":
        this.#pass(bytes, frame);
        this.#pass(bytes, frame);
        return;
      case "malformed":
        this.#pass(breakOff(bytes), undefined);
        return;
      case "extra-field":
        this.#pass(this.format === "sbe" ? withLongerBlock(bytes) : withExtraField(bytes), frame);
        return;
      case "reorder-keys":
        // Binary frames have no keys.
        this.#pass(this.format === "sbe" ? bytes : withReorderedKeys(bytes), frame);
        return;
      case "delay":
        this.#stall ??= this.around.clock.setTimer(rule.millis, () => this.#goOn());
        this.#pass(bytes, frame);
        return;
      case "reorder":
        // One more, since the frame itself is counted next.
        this.#held.push({ frame, left: rule.by + 1 });
        return;
    }
  }

  /** Lets frames go that were overtaken often enough by frames of their stream. */
  #release(stream: string, overtaking: Frame): void {
    for (const held of this.#held) if (held.frame.stream === stream) held.left--;
    if (this.#held.every(({ left }) => left > 0)) return;
    const due = this.#held.filter(({ left, frame }) => left <= 0 && frame !== overtaking);
    this.#held = this.#held.filter((held) => !due.includes(held));
    for (const { frame } of due) this.#pass(frame.bytes, frame);
  }

  #pass(bytes: string | Uint8Array, frame: Frame | undefined): void {
    if (this.#stall) {
      this.#stalled.push({ bytes, frame });
      this.#stalledBytes += bytes.length;
      return;
    }
    if (!this.isOpen) return;
    this.#hand(bytes);
    if (frame) this.around.log.sent(this.number, frame.stream, frame.firstId, frame.lastId);
  }

  /** Replies are texts; what comes as bytes is an event, and binary on connections that read those. */
  #hand(bytes: string | Uint8Array): void {
    this.#pendingSends++;
    if (typeof bytes !== "string" && this.format === "sbe") this.peer.sendBinary(bytes, this.#onSent);
    else this.peer.send(bytes, this.#onSent);
  }

  #goOn(): void {
    this.#stall = undefined;
    const waiting = this.#stalled;
    this.#stalled = [];
    this.#stalledBytes = 0;
    for (const { bytes, frame } of waiting) this.#pass(bytes, frame);
  }

  #note(fault: (FrameFault | ConnectionFault)["fault"], frame: Frame | undefined): void {
    this.around.log.fault({
      atMillis: this.around.sinceStartMillis(),
      fault,
      connection: this.number,
      stream: frame?.stream,
      firstId: frame?.firstId,
      lastId: frame?.lastId,
    });
  }

  #admit(): boolean {
    if (!this.isOpen) return false;
    if (this.#rate.admit()) return true;
    this.closeForPolicy("Too many requests");
    return false;
  }

  readonly #onSent = (): void => {
    this.#pendingSends--;
    if (this.#waiters.length === 0) return;
    const unsent = this.unsentBytes;
    this.#waiters = this.#waiters.filter(({ bytesMax, resolve }) => {
      if (this.#pendingSends > 0 && unsent > bytesMax) return true;
      resolve();
      return false;
    });
  };

  #end(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#keepAlive.stop();
    this.#stall?.cancel();
    this.#stalled = [];
    this.#held = [];
    for (const { resolve } of this.#waiters) resolve();
    this.#waiters = [];
    this.around.events.closed(this);
  }
}
