import type { Clock } from "@ims/common";
import type { DeliveryLog } from "../faults/delivery-log.js";
import { type FaultEngine, pattern } from "../faults/fault-engine.js";
import type { ConnectFault, ConnectionFault, ControlFault } from "../faults/fault-script.js";
import type { BinanceMarket } from "../markets/market.js";
import type { SimulatorLimits, SimulatorLogger } from "../simulator-options.js";
import { Connection, type ConnectionEvents, type ConnectionSurroundings } from "./connection.js";
import { type ControlRequest, parseControlMessage, refusalText } from "./control-message.js";
import type { Peer } from "./peer.js";
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
  readonly #around: ConnectionSurroundings;
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
    private readonly faults: FaultEngine,
    private readonly log: DeliveryLog,
    private readonly sinceStartMillis: () => number,
  ) {
    this.#around = {
      clock,
      limits: {
        messagesPerSecond: limits.messagesPerSecond ?? market.messagesPerSecond,
        pingIntervalMillis: limits.pingIntervalMillis ?? market.pingIntervalMillis,
        pongTimeoutMillis: limits.pongTimeoutMillis ?? market.pongTimeoutMillis,
        lifeMillis: limits.connectionLifeMillis ?? market.connectionLifeMillis,
      },
      events: this,
      faults,
      log,
      sinceStartMillis,
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

  /** The rule by which an upgrade is refused, if there is one now. */
  refusal(): ConnectFault | undefined {
    const rule = this.faults.connect();
    if (rule) this.log.fault({ atMillis: this.sinceStartMillis(), fault: rule.fault });
    return rule;
  }

  accept(peer: Peer, address: StreamAddress): void {
    const connection = new Connection(++this.acceptedCount, peer, address, this.#around);
    this.connections.add(connection);
    this.#subscribe(connection, address.streams);
  }

  /** A connection fault that is due by time, for all connections it is about. */
  breakConnections(rule: ConnectionFault): void {
    const wanted = rule.stream === undefined ? undefined : pattern(rule.stream);
    for (const connection of [...this.connections]) {
      if (rule.connection !== undefined && rule.connection !== connection.number) continue;
      if (wanted && ![...connection.subscriptions].some((stream) => wanted.test(stream))) continue;
      connection.breakBy(rule);
    }
  }

  /** Tells all connections of now that the server goes; returns them. Spot, "WebSocket Streams", since 2026-05-08. */
  announceShutdown(): Connection[] {
    const event = `{"e":"serverShutdown","E":${Math.floor(this.clock.nowMicros() / 1000)}}`;
    const told = [...this.connections];
    for (const connection of told) {
      connection.send(connection.combined ? `{"stream":"!serverShutdown","data":${event}}` : event);
    }
    return told;
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
    const rule =
      request && this.faults.control(connection.number, "streams" in request ? request.streams : []);
    if (rule) {
      this.log.fault({ atMillis: this.sinceStartMillis(), fault: rule.fault, connection: connection.number });
      this.#misbehave(connection, request, rule);
    } else if (refusal) {
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

  #misbehave(connection: Connection, request: ControlRequest, rule: ControlFault): void {
    switch (rule.fault) {
      case "no-ack":
        this.#obey(connection, request, () => {});
        return;
      case "wrong-ack":
        this.#obey(connection, request, (result) => connection.send(`{"result":${result},"id":987654321}`));
        return;
      case "error-ack":
        connection.send(
          refusalText(
            { code: rule.code ?? 2, msg: rule.msg ?? "Invalid request: internal error", id: request.id },
            this.errorShape,
          ),
        );
        return;
      case "silent-after-ack": {
        if (request.method !== "SUBSCRIBE") {
          this.#obey(connection, request);
          return;
        }
        const silent = new Set(this.faults.silenced(rule, request.streams));
        connection.send(`{"result":null,"id":${request.id}}`);
        for (const stream of request.streams) this.hub.subscribe(connection, stream, silent.has(stream));
      }
    }
  }

  #obey(
    connection: Connection,
    request: ControlRequest,
    reply = (result: string) => connection.send(`{"result":${result},"id":${request.id}}`),
  ): void {
    switch (request.method) {
      case "SUBSCRIBE":
        // The reply goes first: no event of a stream may come before its acknowledgement.
        if (!this.#hasRoom(connection, request.streams)) return;
        reply("null");
        this.#subscribe(connection, request.streams);
        return;
      case "UNSUBSCRIBE":
        for (const stream of request.streams) this.hub.unsubscribe(connection, stream);
        reply("null");
        return;
      case "LIST_SUBSCRIPTIONS":
        reply(JSON.stringify([...connection.subscriptions]));
        return;
      case "SET_PROPERTY":
        connection.combined = request.combined;
        reply("null");
        return;
      case "GET_PROPERTY":
        reply(`${connection.combined}`);
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
