import type { Clock } from "@ims/common";
import type { WebSocket } from "ws";
import type { BinanceMarket } from "../markets/market.js";
import type { SimulatorLimits, SimulatorLogger } from "../simulator-options.js";
import { Connection, type ConnectionEvents, type ConnectionLimits } from "./connection.js";
import { type ControlRequest, parseControlMessage, refusalText } from "./control-message.js";
import type { StreamAddress } from "./stream-address.js";
import type { StreamHub } from "./stream-hub.js";

const FIVE_MINUTES_MILLIS = 300_000;

/** The market's WebSocket side: takes connections, obeys control messages, enforces the limits. */
export class SocketService implements ConnectionEvents {
  readonly connections = new Set<Connection>();
  acceptedCount = 0;
  controlCount = 0;
  policyCloseCount = 0;
  /** Fault: read control messages and do nothing about them. */
  ignoreControl = false;
  readonly #limits: ConnectionLimits;
  readonly #streamsMax: number;
  readonly #attemptsMax: number;
  readonly #attempts: number[] = [];

  constructor(
    market: BinanceMarket,
    limits: SimulatorLimits,
    private readonly hub: StreamHub,
    private readonly clock: Clock,
    private readonly errorShape: "wire" | "documented",
    private readonly logger: SimulatorLogger | undefined,
  ) {
    this.#limits = {
      messagesPerSecond: limits.messagesPerSecond ?? market.messagesPerSecond,
      pingIntervalMillis: limits.pingIntervalMillis ?? market.pingIntervalMillis,
      pongTimeoutMillis: limits.pongTimeoutMillis ?? market.pongTimeoutMillis,
      lifeMillis: limits.connectionLifeMillis ?? market.connectionLifeMillis,
    };
    this.#streamsMax = limits.streamsPerConnection ?? market.streamsPerConnection;
    this.#attemptsMax = limits.connectionsPerFiveMinutes ?? market.connectionsPerFiveMinutes;
  }

  /** Counts a connection attempt; false if there were too many in the last five minutes. */
  admitAttempt(): boolean {
    const now = this.clock.monotonicMillis();
    while (this.#attempts.length > 0 && this.#attempts[0]! <= now - FIVE_MINUTES_MILLIS)
      this.#attempts.shift();
    if (this.#attempts.length >= this.#attemptsMax) return false;
    this.#attempts.push(now);
    return true;
  }

  accept(socket: WebSocket, address: StreamAddress): void {
    const connection = new Connection(socket, address, this.clock, this.#limits, this);
    this.connections.add(connection);
    this.acceptedCount++;
    this.#subscribe(connection, address.streams);
  }

  get subscriptionCount(): number {
    let count = 0;
    for (const connection of this.connections) count += connection.subscriptions.size;
    return count;
  }

  dropAll(): number {
    const count = this.connections.size;
    for (const connection of this.connections) connection.drop();
    return count;
  }

  control(connection: Connection, text: string): void {
    this.controlCount++;
    if (this.ignoreControl) return;
    const { request, refusal } = parseControlMessage(text);
    if (refusal) {
      this.logger?.debug({ code: refusal.code, reason: refusal.msg }, "control message refused");
      connection.send(refusalText(refusal, this.errorShape));
    } else {
      this.#obey(connection, request);
    }
  }

  closed(connection: Connection): void {
    this.connections.delete(connection);
    for (const stream of [...connection.subscriptions]) this.hub.unsubscribe(connection, stream);
  }

  policyClosed(_connection: Connection, reason: string): void {
    this.policyCloseCount++;
    this.logger?.info({ reason }, "connection closed for exceeding a limit");
  }

  #obey(connection: Connection, request: ControlRequest): void {
    switch (request.method) {
      case "SUBSCRIBE":
        // The reply goes first: no event of a stream may come before its acknowledgement.
        if (!this.#hasRoom(connection, request.streams)) return;
        connection.send(`{"result":null,"id":${request.id}}`);
        this.#subscribe(connection, request.streams);
        return;
      case "UNSUBSCRIBE":
        for (const stream of request.streams) this.hub.unsubscribe(connection, stream);
        connection.send(`{"result":null,"id":${request.id}}`);
        return;
      case "LIST_SUBSCRIPTIONS":
        connection.send(`{"result":${JSON.stringify([...connection.subscriptions])},"id":${request.id}}`);
        return;
      case "SET_PROPERTY":
        connection.combined = request.combined;
        connection.send(`{"result":null,"id":${request.id}}`);
        return;
      case "GET_PROPERTY":
        connection.send(`{"result":${connection.combined},"id":${request.id}}`);
        return;
    }
  }

  #subscribe(connection: Connection, streams: readonly string[]): void {
    if (!this.#hasRoom(connection, streams)) return;
    for (const stream of streams) this.hub.subscribe(connection, stream);
  }

  #hasRoom(connection: Connection, streams: readonly string[]): boolean {
    const added = new Set(streams.filter((stream) => !connection.subscriptions.has(stream))).size;
    if (connection.subscriptions.size + added <= this.#streamsMax) return true;
    connection.closeForPolicy("Too many streams");
    return false;
  }
}
