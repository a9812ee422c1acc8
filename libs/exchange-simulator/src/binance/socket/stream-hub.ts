import type { RecordedFrame, StreamPublisher } from "../../sources/market-source.js";
import type { TimeUnit } from "../frames/time-text.js";
import type { BinanceMarket } from "../markets/market.js";
import { parseStreamName } from "../markets/stream-name.js";
import type { Connection } from "./connection.js";

/** A reader this far behind holds a recording up. */
const RECORDED_UNSENT_MAX = 1024 * 1024;

export interface HubCounters {
  framesSent: number;
  framesWithoutSubscriber: number;
  slowReaderCloseCount: number;
}

/** Who subscribed what, and the way of each frame to them. */
export class StreamHub implements StreamPublisher {
  readonly counters: HubCounters = { framesSent: 0, framesWithoutSubscriber: 0, slowReaderCloseCount: 0 };
  readonly #subscribers = new Map<string, Set<Connection>>();
  readonly #silenced = new Set<string>();

  /**
   * @param unsentBytesMax at which a reader of a synthetic market is cut off
   * @param streamWanted told when the first subscriber of a stream comes and the last one goes
   */
  constructor(
    private readonly market: BinanceMarket,
    private readonly unsentBytesMax: number,
    private readonly streamWanted: (stream: string, wanted: boolean) => void,
  ) {}

  /**
   * Subscribes; a stream that the connection's path does not serve is acknowledged like any other and stays silent,
   * as the venue does since its split of 2026-04.
   */
  subscribe(connection: Connection, stream: string): void {
    if (connection.subscriptions.has(stream)) return;
    connection.subscriptions.add(stream);
    if (!this.#isServed(connection, stream)) return;
    const subscribers = this.#subscribers.get(stream);
    if (subscribers) {
      subscribers.add(connection);
      return;
    }
    this.#subscribers.set(stream, new Set([connection]));
    this.streamWanted(stream, true);
  }

  unsubscribe(connection: Connection, stream: string): void {
    connection.subscriptions.delete(stream);
    const subscribers = this.#subscribers.get(stream);
    if (!subscribers?.delete(connection) || subscribers.size > 0) return;
    this.#subscribers.delete(stream);
    this.streamWanted(stream, false);
  }

  hasSubscribers(stream: string): boolean {
    return this.#subscribers.has(stream);
  }

  publish(stream: string, print: (unit: TimeUnit) => string): void {
    const subscribers = this.#subscribers.get(stream);
    if (!subscribers || this.#silenced.has(stream)) return;
    const printed = new Map<string, Buffer>();
    for (const connection of subscribers) {
      if (!connection.isOpen) continue;
      const key = `${connection.combined}${connection.timeUnit}`;
      let bytes = printed.get(key);
      if (!bytes) {
        const payload = print(connection.timeUnit);
        bytes = Buffer.from(connection.combined ? combinedText(stream, payload) : payload);
        printed.set(key, bytes);
      }
      if (connection.unsentBytes > this.unsentBytesMax) {
        this.counters.slowReaderCloseCount++;
        connection.drop();
        continue;
      }
      connection.send(bytes);
      this.counters.framesSent++;
    }
  }

  publishRecorded(frame: RecordedFrame): Promise<void> | undefined {
    const subscribers = this.#subscribers.get(frame.stream);
    if (!subscribers) {
      this.counters.framesWithoutSubscriber++;
      return undefined;
    }
    if (this.#silenced.has(frame.stream)) return undefined;
    let slow: Connection[] | undefined;
    for (const connection of subscribers) {
      connection.send(connection.combined ? (frame.combined ?? combinedBytes(frame)) : frame.payload);
      this.counters.framesSent++;
      if (connection.unsentBytes > RECORDED_UNSENT_MAX) {
        slow ??= [];
        slow.push(connection);
      }
    }
    if (!slow) return undefined;
    return Promise.all(slow.map((connection) => connection.unsentBelow(RECORDED_UNSENT_MAX / 2))).then(
      () => {},
    );
  }

  async flushed(): Promise<void> {
    const connections = new Set([...this.#subscribers.values()].flatMap((subscribers) => [...subscribers]));
    await Promise.all([...connections].map((connection) => connection.flushed()));
  }

  /** Sends a text as it is to the subscribers of a stream; returns how many there are. */
  sendRaw(stream: string, text: string): number {
    const subscribers = this.#subscribers.get(stream);
    for (const connection of subscribers ?? []) connection.send(text);
    return subscribers?.size ?? 0;
  }

  silence(stream: string): void {
    this.#silenced.add(stream);
  }

  resume(stream?: string): void {
    if (stream === undefined) this.#silenced.clear();
    else this.#silenced.delete(stream);
  }

  #isServed(connection: Connection, stream: string): boolean {
    if (!this.market.routeOf) return true;
    return this.market.routeOf(parseStreamName(stream).type) === connection.route;
  }
}

function combinedText(stream: string, payload: string): string {
  return `{"stream":${JSON.stringify(stream)},"data":${payload}}`;
}

function combinedBytes(frame: RecordedFrame): Uint8Array {
  return Buffer.concat([
    Buffer.from(`{"stream":${JSON.stringify(frame.stream)},"data":`),
    frame.payload,
    Buffer.from("}"),
  ]);
}
