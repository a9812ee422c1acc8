import { dialSocket, Pacer, type StreamHub } from "@ims/integration-kit";
import type { BinaryAccess } from "../settings/binary-access.js";
import { StreamFrameDecoder } from "../stream-frames/stream-frame-decoder.js";
import { type Handshake, watchHandshakes } from "./handshake-watch.js";
import { type MarketHubOptions, openMarketHub } from "./market-hub.js";
import { StreamNames } from "./stream-names.js";

export interface StreamRoutesOptions extends MarketHubOptions {
  /** Undefined: every stream is JSON. */
  readonly binary: BinaryAccess | undefined;
}

const CONNECT_TIMEOUT_MILLIS = 10_000;
/** A connection that worked is dialled again so often, which takes minutes, before JSON takes over. */
const FAILURES_MAX = 10;

/**
 * All connections of one market, over its JSON hosts and, where that is wanted, its hosts of binary streams. A stream
 * that both have comes from the binary one. Everybody else knows streams by their JSON names.
 *
 * Where the binary streams cannot be had and JSON may take over, it does so for good: what was asked for is asked for
 * again there. Cannot be had means that the first handshake fails, that a later one is refused, or that so many fail in
 * a row that the host itself must be down; a shorter failure of the network is waited for, as everywhere.
 */
export class StreamRoutes {
  readonly #options: StreamRoutesOptions;
  readonly #json: StreamHub;
  readonly #names: StreamNames | undefined;
  #binary: StreamHub | undefined;
  /** Paths of the JSON streams that are read as binary ones, by their names. */
  readonly #carried = new Map<string, string>();
  readonly #closing = new Set<Promise<void>>();
  #hasConnected = false;
  /** Handshakes since the last one that succeeded. */
  #failureCount = 0;
  #toldRefusal = false;
  #endedReconnectCount = 0;
  #endedHandOverCount = 0;

  constructor(options: StreamRoutesOptions) {
    const { binary, clock, market } = options;
    this.#options = options;
    // The venue counts attempts by address, whatever the host.
    const connectionBudget = new Pacer(clock, market.connectionAttemptsPerFiveMinutes, 300_000);
    this.#json = openMarketHub({ ...options, connectionBudget });
    if (!binary) return;
    this.#names = new StreamNames(market, binary.streams);
    this.#binary = this.#binaryHub(binary, connectionBudget);
  }

  /** What the streams that both hosts have are read as. */
  get marketData(): "json" | "sbe" {
    return this.#binary ? "sbe" : "json";
  }

  get connectionCount(): number {
    return this.#json.connectionCount + (this.#binary?.connectionCount ?? 0);
  }

  /** True if every connection that was opened is up; also when none is needed. */
  get allOpen(): boolean {
    return this.#json.allOpen && (this.#binary?.allOpen ?? true);
  }

  get reconnectCount(): number {
    return this.#json.reconnectCount + (this.#binary?.reconnectCount ?? this.#endedReconnectCount);
  }

  /** Connections that were replaced before they ended. */
  get handOverCount(): number {
    return this.#json.handOverCount + (this.#binary?.handOverCount ?? this.#endedHandOverCount);
  }

  /** Whether nothing is read now, because the sink has no room. */
  get isPaused(): boolean {
    return this.#json.isPaused || this.#binary?.isPaused === true;
  }

  /** @param path in front of `/stream` of the JSON host */
  subscribe(stream: string, path: string): void {
    const binary = this.#binary && this.#names?.binary(stream);
    if (binary === undefined) {
      this.#json.subscribe(stream, path);
      return;
    }
    this.#carried.set(stream, path);
    this.#binary!.subscribe(binary, "");
  }

  unsubscribe(stream: string): void {
    const [hub, name] = this.#place(stream);
    hub.unsubscribe(name);
    this.#carried.delete(stream);
  }

  /** See {@link StreamHub.restart}. */
  restart(stream: string, elsewhere: boolean): void {
    const [hub, name] = this.#place(stream);
    hub.restart(name, elsewhere);
  }

  isAcknowledged(stream: string): boolean {
    const [hub, name] = this.#place(stream);
    return hub.isAcknowledged(name);
  }

  /** Whether records of the stream come over more than one connection now. */
  isShared(stream: string): boolean {
    const [hub, name] = this.#place(stream);
    return hub.isShared(name);
  }

  /** For people: where and as what a stream is read; undefined for one that is JSON. */
  binaryAddress(stream: string): string | undefined {
    const [hub, name] = this.#place(stream);
    return hub === this.#json ? undefined : `${this.#options.binary?.url} as ${name}`;
  }

  /** After it no connection is left. */
  async close(): Promise<void> {
    await Promise.all([this.#json.close(), this.#binary?.close(), ...this.#closing]);
  }

  #place(stream: string): readonly [hub: StreamHub, name: string] {
    const binary = this.#binary && this.#carried.has(stream) ? this.#names?.binary(stream) : undefined;
    return binary === undefined ? [this.#json, stream] : [this.#binary!, binary];
  }

  #binaryHub({ apiKey, url }: BinaryAccess, connectionBudget: Pacer): StreamHub {
    const options = this.#options;
    const jsonNames = (streams: readonly string[]) => streams.map((stream) => this.#names!.json(stream));
    return openMarketHub({
      ...options,
      connectionBudget,
      wsUrl: url,
      // Its times are always in microseconds.
      market: { ...options.market, streamQuery: "" },
      createDecoder: (decoding) => new StreamFrameDecoder(decoding),
      dial: watchHandshakes({
        dial: options.dial ?? dialSocket,
        clock: options.clock,
        headers: { "X-MBX-APIKEY": apiKey },
        timeoutMillis: options.limits.connectTimeoutMillis ?? CONNECT_TIMEOUT_MILLIS,
        onHandshake: (handshake) => this.#onHandshake(handshake),
      }),
      onAcknowledged: (streams) => options.onAcknowledged(jsonNames(streams)),
      onRefused: (stream, reason) => options.onRefused(this.#names!.json(stream), reason),
      onStreamsDown: (streams) => options.onStreamsDown(jsonNames(streams)),
    });
  }

  #onHandshake(handshake: Handshake): void {
    if (handshake.outcome === "accepted") {
      this.#hasConnected = true;
      this.#failureCount = 0;
      this.#toldRefusal = false;
      return;
    }
    const status = handshake.outcome === "refused" ? handshake.status : undefined;
    // Too many attempts from this address: both kinds of hosts have to wait.
    if (status === 429 || status === 418) return;
    this.#failureCount++;
    const isRefusal = status !== undefined && isVerdict(status);
    if (this.#options.binary?.fallsBack) {
      const isDown = this.#failureCount >= (this.#hasConnected ? FAILURES_MAX : 1);
      if (isRefusal || isDown) this.#fallBack(reasonOf(handshake));
    } else if (isRefusal && !this.#toldRefusal) {
      this.#toldRefusal = true;
      this.#options.logger.error({ reason: reasonOf(handshake) }, REFUSED);
    }
  }

  #fallBack(reason: string): void {
    const hub = this.#binary;
    if (!hub) return;
    const { logger, onStreamsDown } = this.#options;
    logger.warn({ reason }, "the binary streams cannot be had: market data comes over the JSON streams");
    const moved = [...this.#carried];
    const lost = moved.map(([stream]) => stream).filter((stream) => this.isAcknowledged(stream));
    this.#endedReconnectCount = hub.reconnectCount;
    this.#endedHandOverCount = hub.handOverCount;
    this.#binary = undefined;
    this.#carried.clear();
    const closed: Promise<void> = hub.close().finally(() => this.#closing.delete(closed));
    this.#closing.add(closed);
    if (lost.length > 0) onStreamsDown(lost);
    for (const [stream, path] of moved) this.#json.subscribe(stream, path);
  }
}

const REFUSED =
  "the venue refuses the binary streams: check that the API key is of type Ed25519, is valid, and allows this address";

/** What another attempt will not change: the client is told that it is at fault. */
function isVerdict(status: number): boolean {
  return status >= 400 && status < 500;
}

function reasonOf(handshake: Exclude<Handshake, { outcome: "accepted" }>): string {
  return handshake.outcome === "refused" ? `refused with HTTP ${handshake.status}` : handshake.reason;
}
