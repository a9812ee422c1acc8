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

/** The subscribers of one stream, and the beginning of its frames on combined connections. */
interface Subscribers {
  readonly connections: Set<Connection>;
  readonly head: string;
}

/** Who subscribed what, and the way of each frame to them. */
export class StreamHub implements StreamPublisher {
  readonly counters: HubCounters = { framesSent: 0, framesWithoutSubscriber: 0, slowReaderCloseCount: 0 };
  readonly #subscribers = new Map<string, Subscribers>();
  readonly #silenced = new Set<string>();

  /**
   * @param unsentBytesMax at which a reader of a synthetic market is cut off
   * @param streamWanted told when the first subscriber of a stream comes and the last one goes
   * @param loses asked for each frame whether the venue itself loses it
   */
  constructor(
    private readonly market: BinanceMarket,
    private readonly unsentBytesMax: number,
    private readonly streamWanted: (stream: string, wanted: boolean) => void,
    private readonly loses: (stream: string, firstId: number, lastId: number) => boolean,
  ) {}

  /**
   * Subscribes; a stream that the connection's path does not serve is acknowledged like any other and stays silent,
   * as the venue does since its split of 2026-04. So is one of `silent` ones.
   */
  subscribe(connection: Connection, stream: string, silent = false): void {
    if (connection.subscriptions.has(stream)) return;
    connection.subscriptions.add(stream);
    if (silent || !this.#isServed(connection, stream)) return;
    const subscribers = this.#subscribers.get(stream);
    if (subscribers) {
      subscribers.connections.add(connection);
      return;
    }
    this.#subscribers.set(stream, {
      connections: new Set([connection]),
      head: `{"stream":${JSON.stringify(stream)},"data":`,
    });
    this.streamWanted(stream, true);
  }

  unsubscribe(connection: Connection, stream: string): void {
    connection.subscriptions.delete(stream);
    const subscribers = this.#subscribers.get(stream);
    if (!subscribers?.connections.delete(connection) || subscribers.connections.size > 0) return;
    this.#subscribers.delete(stream);
    this.streamWanted(stream, false);
  }

  hasSubscribers(stream: string): boolean {
    return this.#subscribers.has(stream);
  }

  subscribed(prefix: string): string[] {
    return [...this.#subscribers.keys()].filter((stream) => stream.startsWith(prefix));
  }

  publish(stream: string, print: (unit: TimeUnit) => string, firstId = 0, lastId = firstId): void {
    const subscribers = this.#subscribers.get(stream);
    if (!subscribers || this.#silenced.has(stream) || this.loses(stream, firstId, lastId)) return;
    // At most four forms: raw or combined, in one of two units.
    let printed: { readonly connection: Connection; readonly bytes: Buffer } | undefined;
    let others: { readonly connection: Connection; readonly bytes: Buffer }[] | undefined;
    for (const connection of subscribers.connections) {
      if (!connection.isOpen) continue;
      if (connection.unsentBytes > this.unsentBytesMax) {
        this.counters.slowReaderCloseCount++;
        connection.drop();
        continue;
      }
      let form = printed && sameForm(printed.connection, connection) ? printed : undefined;
      form ??= others?.find((other) => sameForm(other.connection, connection));
      if (!form) {
        const payload = print(connection.timeUnit);
        form = {
          connection,
          bytes: Buffer.from(connection.combined ? `${subscribers.head}${payload}}` : payload),
        };
        if (!printed) printed = form;
        else others = [...(others ?? []), form];
      }
      connection.deliver(stream, form.bytes, firstId, lastId);
      this.counters.framesSent++;
    }
  }

  publishRecorded(frame: RecordedFrame): Promise<void> | undefined {
    const subscribers = this.#subscribers.get(frame.stream);
    if (!subscribers) {
      this.counters.framesWithoutSubscriber++;
      return undefined;
    }
    if (this.#silenced.has(frame.stream) || this.loses(frame.stream, 0, 0)) return undefined;
    let slow: Connection[] | undefined;
    for (const connection of subscribers.connections) {
      const bytes = connection.combined
        ? (frame.combined ?? combinedBytes(subscribers, frame))
        : frame.payload;
      connection.deliver(frame.stream, bytes, 0, 0);
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
    const connections = new Set(
      [...this.#subscribers.values()].flatMap((subscribers) => [...subscribers.connections]),
    );
    await Promise.all([...connections].map((connection) => connection.flushed()));
  }

  /** Sends a text as it is to the subscribers of a stream; returns how many there are. */
  sendRaw(stream: string, text: string): number {
    const connections = this.#subscribers.get(stream)?.connections;
    for (const connection of connections ?? []) connection.send(text);
    return connections?.size ?? 0;
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

function sameForm(one: Connection, other: Connection): boolean {
  return one.combined === other.combined && one.timeUnit === other.timeUnit;
}

function combinedBytes(subscribers: Subscribers, frame: RecordedFrame): Uint8Array {
  return Buffer.concat([Buffer.from(subscribers.head), frame.payload, Buffer.from("}")]);
}
