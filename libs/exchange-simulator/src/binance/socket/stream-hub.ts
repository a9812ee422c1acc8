import type { RecordedFrame, StreamPublisher } from "../../sources/market-source.js";
import type { TimeUnit } from "../frames/time-text.js";
import type { BinanceMarket } from "../markets/market.js";
import { parseStreamName } from "../markets/stream-name.js";
import type { Connection } from "./connection.js";
import { isForSbeAlone, SbeSubscribers, sourceOfSbeStream } from "./sbe-subscribers.js";

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
  /** Those that read it as binary frames. */
  binary: SbeSubscribers | undefined;
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
   * @param nowMicros the venue's clock
   */
  constructor(
    private readonly market: BinanceMarket,
    private readonly unsentBytesMax: number,
    private readonly streamWanted: (stream: string, wanted: boolean) => void,
    private readonly loses: (stream: string, firstId: number, lastId: number) => boolean,
    private readonly nowMicros: () => number,
  ) {}

  /**
   * Subscribes; a stream that the connection's path does not serve is acknowledged like any other and stays silent,
   * as the venue does since its split of 2026-04. So is one of `silent` ones.
   */
  subscribe(connection: Connection, stream: string, silent = false): void {
    if (connection.subscriptions.has(stream)) return;
    connection.subscriptions.add(stream);
    if (silent) return;
    if (connection.format === "sbe") {
      const source = sourceOfSbeStream(stream);
      if (source !== undefined) this.#binaryOf(stream, source).connections.add(connection);
    } else if (this.#isServed(connection, stream)) {
      this.#subscribersOf(stream).connections.add(connection);
    }
  }

  unsubscribe(connection: Connection, stream: string): void {
    connection.subscriptions.delete(stream);
    const source = connection.format === "sbe" ? sourceOfSbeStream(stream) : stream;
    const subscribers = source === undefined ? undefined : this.#subscribers.get(source);
    if (source === undefined || !subscribers) return;
    const { binary, connections } = subscribers;
    const readers = connection.format === "sbe" ? binary?.connections : connections;
    if (!readers?.delete(connection)) return;
    if (binary?.connections.size === 0) subscribers.binary = undefined;
    if (connections.size > 0 || subscribers.binary) return;
    this.#subscribers.delete(source);
    this.streamWanted(source, false);
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
      if (!this.#isReading(connection)) continue;
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
    const { binary } = subscribers;
    if (binary && !this.#silenced.has(binary.stream)) binary.publish(print("MICROSECOND"), firstId, lastId);
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
      [...this.#subscribers.values()].flatMap(({ binary, connections }) => [
        ...connections,
        ...(binary?.connections ?? []),
      ]),
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

  /** Cuts off a reader that is too far behind. */
  #isReading(connection: Connection): boolean {
    if (!connection.isOpen) return false;
    if (connection.unsentBytes <= this.unsentBytesMax) return true;
    this.counters.slowReaderCloseCount++;
    connection.drop();
    return false;
  }

  #subscribersOf(stream: string): Subscribers {
    let subscribers = this.#subscribers.get(stream);
    if (!subscribers) {
      const head = `{"stream":${JSON.stringify(stream)},"data":`;
      subscribers = { connections: new Set(), head, binary: undefined };
      this.#subscribers.set(stream, subscribers);
      this.streamWanted(stream, true);
    }
    return subscribers;
  }

  #binaryOf(stream: string, source: string): SbeSubscribers {
    const subscribers = this.#subscribersOf(source);
    subscribers.binary ??= new SbeSubscribers(
      stream,
      (connection) => this.#isReading(connection),
      this.nowMicros,
      () => this.counters.framesSent++,
    );
    return subscribers.binary;
  }

  #isServed(connection: Connection, stream: string): boolean {
    if (isForSbeAlone(stream)) return false;
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
