import type { Clock } from "@ims/common";
import { Pacer, StreamPlanner } from "@ims/integration-kit";
import type { IntegrationLogger, MarketDataSink } from "@ims/traits";
import type { FrameDecoderOptions } from "../decode/frame-decoder.js";
import type { BinanceMarket } from "../market/binance-market.js";
import type { BinanceOptions } from "../settings/binance-options.js";
import { Backpressure } from "./backpressure.js";
import { BinanceConnection } from "./binance-connection.js";

export interface StreamHubOptions {
  readonly market: BinanceMarket;
  readonly limits: BinanceOptions;
  /** Origin; a channel's path and `/stream` are appended. */
  readonly wsUrl: string;
  readonly clock: Clock;
  readonly random: () => number;
  readonly logger: IntegrationLogger;
  readonly sink: MarketDataSink;
  readonly decoding: Omit<FrameDecoderOptions, "onReply" | "onServerShutdown">;
  /** The connection that carried these streams was lost. */
  readonly onStreamsDown: (streams: Iterable<string>) => void;
}

/** All connections of one market: opens them as the plan asks and spreads streams over them. */
export class StreamHub {
  readonly #options: StreamHubOptions;
  readonly #planner: StreamPlanner;
  readonly #connections = new Map<number, BinanceConnection>();
  readonly #connectionBudget: Pacer;
  readonly #backpressure: Backpressure;
  readonly #closing = new Set<Promise<void>>();
  #closedReconnectCount = 0;

  constructor(options: StreamHubOptions) {
    this.#options = options;
    this.#planner = new StreamPlanner(options.market.streamsPerConnection);
    this.#connectionBudget = new Pacer(
      options.clock,
      options.market.connectionAttemptsPerFiveMinutes,
      300_000,
    );
    this.#backpressure = new Backpressure(
      options.sink,
      () => this.#forEach((connection) => connection.pause()),
      () => this.#forEach((connection) => connection.resume()),
    );
  }

  get connectionCount(): number {
    return [...this.#connections.values()].filter((connection) => connection.isOpen).length;
  }

  /** True if every connection that was opened is up; also when none is needed. */
  get allOpen(): boolean {
    return this.connectionCount === this.#connections.size;
  }

  get reconnectCount(): number {
    let count = this.#closedReconnectCount;
    for (const connection of this.#connections.values()) count += connection.reconnectCount;
    return count;
  }

  /** @param path in front of `/stream`, of {@link BinanceMarket.channelPaths} */
  subscribe(stream: string, path: string): void {
    const { id } = this.#planner.place(stream, path, this.#carrierOf(stream));
    let connection = this.#connections.get(id);
    if (!connection) {
      connection = this.#open(id, path);
      this.#connections.set(id, connection);
    }
    connection.want(stream);
  }

  unsubscribe(stream: string): void {
    const socket = this.#planner.remove(stream);
    if (!socket) return;
    this.#connections.get(socket.id)?.unwant(stream);
    for (const { id } of this.#planner.takeSpareSockets()) this.#discard(id);
  }

  isAcknowledged(stream: string): boolean {
    const socket = this.#planner.socketOf(stream);
    return socket !== undefined && this.#connections.get(socket.id)?.isAcknowledged(stream) === true;
  }

  /** After it no connection is left. */
  async close(): Promise<void> {
    for (const id of [...this.#connections.keys()]) this.#discard(id);
    await Promise.all(this.#closing);
  }

  /** A connection that has not let go of the stream yet: on another one its records would come twice meanwhile. */
  #carrierOf(stream: string): number | undefined {
    for (const [id, connection] of this.#connections) if (connection.mayCarry(stream)) return id;
    return undefined;
  }

  #open(id: number, path: string): BinanceConnection {
    const { clock, decoding, limits, logger, market, random } = this.#options;
    const connection = new BinanceConnection({
      url: `${this.#options.wsUrl}${path}/stream`,
      market,
      limits,
      clock,
      random,
      logger,
      connectionBudget: this.#connectionBudget,
      decoding,
      onFrameDone: () => this.#backpressure.check(),
      onDown: () => {
        const socket = this.#planner.sockets.find((candidate) => candidate.id === id);
        if (socket) this.#options.onStreamsDown(socket.streams);
      },
    });
    if (this.#backpressure.isActive) connection.pause();
    return connection;
  }

  #discard(id: number): void {
    const connection = this.#connections.get(id);
    if (!connection) return;
    this.#connections.delete(id);
    this.#closedReconnectCount += connection.reconnectCount;
    const closed: Promise<void> = connection.close().finally(() => this.#closing.delete(closed));
    this.#closing.add(closed);
  }

  #forEach(act: (connection: BinanceConnection) => void): void {
    for (const connection of this.#connections.values()) act(connection);
  }
}
