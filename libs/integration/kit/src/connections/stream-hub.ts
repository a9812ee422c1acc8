import type { Clock } from "@ims/common";
import type { IntegrationLogger, MarketDataSink } from "@ims/traits";
import { StreamPlanner } from "../planner/stream-planner.js";
import { Pacer } from "../rate/pacer.js";
import type { SocketConnector } from "../socket/socket-wire.js";
import { Backpressure } from "./backpressure.js";
import type { ControlDialect } from "./control-dialect.js";
import {
  type ConnectionLimits,
  type FrameEvents,
  type FrameReader,
  type Heartbeat,
  StreamConnection,
  type StreamConnectionEvents,
} from "./stream-connection.js";
import { StreamSlot } from "./stream-slot.js";

/** Limits of a venue on all of its connections together. */
export interface HubLimits extends ConnectionLimits {
  readonly streamsPerConnection: number;
  readonly connectionAttemptsPerFiveMinutes: number;
  /** Connections that carry the same streams; of each record the first copy counts. Default 1. */
  readonly redundancy?: number | undefined;
}

export interface StreamHubOptions {
  readonly limits: HubLimits;
  /** Where connections of a group are dialled. Venues without groups have one, named by the empty text. */
  readonly addressOf: (group: string) => string;
  readonly dialect: ControlDialect;
  readonly createReader: (events: FrameEvents) => FrameReader;
  /** What is sent first on every new connection, before any subscription. */
  readonly greeting?: (() => readonly string[]) | undefined;
  readonly heartbeat?: Heartbeat | undefined;
  readonly clock: Clock;
  readonly random: () => number;
  readonly logger: IntegrationLogger;
  readonly sink: MarketDataSink;
  readonly dial?: SocketConnector | undefined;
  /** Connection attempts are taken from it. Default: one of its own, of the venue's limit. */
  readonly connectionBudget?: Pacer | undefined;
  /** The venue took these subscriptions, on one connection more. */
  readonly onAcknowledged: (streams: readonly string[]) => void;
  /** The venue does not give this stream; it is asked for again on the next connection. */
  readonly onRefused: (stream: string, reason: string) => void;
  /** No connection carries these streams any more; they are asked for again. */
  readonly onStreamsDown: (streams: readonly string[]) => void;
}

/** All connections to one venue: opens them as the plan asks and spreads streams over them. */
export class StreamHub {
  readonly #options: StreamHubOptions;
  readonly #planner: StreamPlanner;
  readonly #slots = new Map<number, StreamSlot>();
  readonly #connectionBudget: Pacer;
  readonly #backpressure: Backpressure;
  readonly #closing = new Set<Promise<void>>();
  #closedReconnectCount = 0;
  #closedHandOverCount = 0;

  constructor(options: StreamHubOptions) {
    this.#options = options;
    this.#planner = new StreamPlanner(options.limits.streamsPerConnection);
    this.#connectionBudget =
      options.connectionBudget ??
      new Pacer(options.clock, options.limits.connectionAttemptsPerFiveMinutes, 300_000);
    this.#backpressure = new Backpressure(
      options.sink,
      () => this.#forEach((slot) => slot.pause()),
      () => this.#forEach((slot) => slot.resume()),
    );
  }

  get connectionCount(): number {
    let count = 0;
    for (const slot of this.#slots.values()) count += slot.connectionCount;
    return count;
  }

  /** True if every connection that was opened is up; also when none is needed. */
  get allOpen(): boolean {
    for (const slot of this.#slots.values()) if (!slot.isOpen) return false;
    return true;
  }

  get reconnectCount(): number {
    let count = this.#closedReconnectCount;
    for (const slot of this.#slots.values()) count += slot.reconnectCount;
    return count;
  }

  /** Connections that were replaced before they ended. */
  get handOverCount(): number {
    let count = this.#closedHandOverCount;
    for (const slot of this.#slots.values()) count += slot.handOverCount;
    return count;
  }

  /** Whether nothing is read now, because the sink has no room. */
  get isPaused(): boolean {
    return this.#backpressure.isActive;
  }

  /** @param group whose connections may carry it, see {@link StreamHubOptions.addressOf} */
  subscribe(stream: string, group: string): void {
    this.#place(stream, group, this.#carrierOf(stream), undefined);
  }

  unsubscribe(stream: string): void {
    const socket = this.#planner.remove(stream);
    if (!socket) return;
    this.#slots.get(socket.id)?.unwant(stream);
    for (const { id } of this.#planner.takeSpareSockets()) this.#discard(id);
  }

  /**
   * Asks for a silent stream again, and for no other: on its own connection, or `elsewhere`. Does nothing if it is not
   * subscribed.
   */
  restart(stream: string, elsewhere: boolean): void {
    const socket = this.#planner.socketOf(stream);
    if (!socket) return;
    if (!elsewhere) {
      this.#slots.get(socket.id)?.renew(stream);
      return;
    }
    this.#planner.remove(stream);
    this.#slots.get(socket.id)?.unwant(stream);
    this.#place(stream, socket.group, undefined, socket.id);
    for (const { id } of this.#planner.takeSpareSockets()) this.#discard(id);
  }

  isAcknowledged(stream: string): boolean {
    return this.#slotOf(stream)?.isAcknowledged(stream) === true;
  }

  /** Whether records of the stream come over more than one connection now. */
  isShared(stream: string): boolean {
    return this.#slotOf(stream)?.isShared(stream) === true;
  }

  /** After it no connection is left. */
  async close(): Promise<void> {
    for (const id of [...this.#slots.keys()]) this.#discard(id);
    await Promise.all(this.#closing);
  }

  #place(stream: string, group: string, preferred: number | undefined, avoided: number | undefined): void {
    const { id } = this.#planner.place(stream, group, preferred, avoided);
    let slot = this.#slots.get(id);
    if (!slot) {
      slot = this.#open(group);
      this.#slots.set(id, slot);
    }
    slot.want(stream);
  }

  #slotOf(stream: string): StreamSlot | undefined {
    const socket = this.#planner.socketOf(stream);
    return socket && this.#slots.get(socket.id);
  }

  /** A slot that has not let go of the stream yet: on another one its records would come twice meanwhile. */
  #carrierOf(stream: string): number | undefined {
    for (const [id, slot] of this.#slots) if (slot.mayCarry(stream)) return id;
    return undefined;
  }

  #open(group: string): StreamSlot {
    const { addressOf, clock, limits, logger, random } = this.#options;
    const { onAcknowledged, onRefused, onStreamsDown } = this.#options;
    const connectionBudget = this.#connectionBudget;
    const open = (events: StreamConnectionEvents) =>
      new StreamConnection({ ...this.#options, url: addressOf(group), connectionBudget }, events);
    return new StreamSlot(
      {
        clock,
        random,
        logger,
        open,
        redundancy: limits.redundancy ?? 1,
        lifeMillis: limits.lifeMillis,
        onFrameDone: () => this.#backpressure.check(),
        onAcknowledged,
        onRefused,
        onStreamsDown,
      },
      this.#backpressure.isActive,
    );
  }

  #discard(id: number): void {
    const slot = this.#slots.get(id);
    if (!slot) return;
    this.#slots.delete(id);
    this.#closedReconnectCount += slot.reconnectCount;
    this.#closedHandOverCount += slot.handOverCount;
    const closed: Promise<void> = slot.close().finally(() => this.#closing.delete(closed));
    this.#closing.add(closed);
  }

  #forEach(act: (slot: StreamSlot) => void): void {
    for (const slot of this.#slots.values()) act(slot);
  }
}
