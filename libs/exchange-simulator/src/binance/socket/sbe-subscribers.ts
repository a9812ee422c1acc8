import { type PrintedLevel, SbeFrames, type SbeTrade } from "../frames/sbe-frames.js";
import type { Connection } from "./connection.js";

/** What carries the events of a binary stream: all that spot has, with their paces of August 2026. */
const SOURCES = new Map([
  ["@trade", "@trade"],
  ["@bestBidAsk", "@bookTicker"],
  ["@depth20", "@depth20@50ms"],
  ["@depth", "@depth@20ms"],
]);
/** Paces that no JSON stream has. */
const BINARY_ONLY = /@depth(?:20@50ms|@20ms)$/;

/** The stream whose events a binary stream carries; undefined for one that does not exist. */
export function sourceOfSbeStream(stream: string): string | undefined {
  const at = stream.indexOf("@");
  const source = SOURCES.get(at < 0 ? "" : stream.slice(at));
  return source === undefined ? undefined : `${stream.slice(0, at)}${source}`;
}

/** Whether a stream is only there to carry a binary one. */
export function isForSbeAlone(stream: string): boolean {
  return BINARY_ONLY.test(stream);
}

/** A spot event as the JSON streams print it. */
interface PrintedEvent {
  readonly E?: number;
  readonly T?: number;
  readonly U?: number;
  readonly u?: number;
  readonly t?: number;
  readonly p?: string;
  readonly q?: string;
  readonly m?: boolean;
  readonly b?: unknown;
  readonly B?: string;
  readonly a?: unknown;
  readonly A?: string;
  readonly lastUpdateId?: number;
  readonly bids?: readonly PrintedLevel[];
  readonly asks?: readonly PrintedLevel[];
}

interface GatheredTrades {
  readonly sendMicros: number;
  readonly tradeMicros: number;
  readonly buyerIsMaker: boolean;
  readonly trades: SbeTrade[];
}

/**
 * The connections that read one stream as binary frames. What JSON prints is what is encoded, so that both kinds say the
 * same; trades of one taker order, which come in one go, share a frame.
 */
export class SbeSubscribers {
  readonly connections = new Set<Connection>();
  readonly #frames = new SbeFrames();
  readonly #symbol: string;
  #gathered: GatheredTrades | undefined;

  /**
   * @param stream by its binary name
   * @param isReading whether a connection is to have the frame; the others were dealt with
   * @param nowMicros for events that JSON prints without a time
   * @param sent told of each frame
   */
  constructor(
    readonly stream: string,
    private readonly isReading: (connection: Connection) => boolean,
    private readonly nowMicros: () => number,
    private readonly sent: () => void,
  ) {
    this.#symbol = stream.slice(0, stream.indexOf("@")).toUpperCase();
  }

  /** @param printed the JSON payload, times in microseconds */
  publish(printed: string, firstId: number, lastId: number): void {
    const event = JSON.parse(printed) as PrintedEvent;
    if (event.t !== undefined) {
      this.#gather(event);
      return;
    }
    this.#deliver(this.#encode(event), firstId, lastId);
  }

  #encode(event: PrintedEvent): Buffer {
    const frames = this.#frames;
    const sendMicros = event.E ?? this.nowMicros();
    if (event.lastUpdateId !== undefined) {
      return frames.depthSnapshot(sendMicros, event.lastUpdateId, event.bids!, event.asks!, this.#symbol);
    }
    if (event.U !== undefined) {
      const [bids, asks] = [event.b, event.a] as [PrintedLevel[], PrintedLevel[]];
      return frames.depthDiff(sendMicros, event.U, event.u!, bids, asks, this.#symbol);
    }
    const [bid, ask] = [
      [event.b, event.B],
      [event.a, event.A],
    ] as [PrintedLevel, PrintedLevel];
    return frames.bestBidAsk(sendMicros, event.u!, bid, ask, this.#symbol);
  }

  #gather({ E, T, m, p, q, t }: PrintedEvent): void {
    const gathered = this.#gathered;
    const trade = { tradeId: t!, level: [p!, q!] as const, buyerIsMaker: m! };
    if (gathered && gathered.tradeMicros === T && gathered.buyerIsMaker === m) {
      gathered.trades.push(trade);
      return;
    }
    this.#flush();
    this.#gathered = { sendMicros: E!, tradeMicros: T!, buyerIsMaker: m!, trades: [trade] };
    queueMicrotask(() => this.#flush());
  }

  #flush(): void {
    const gathered = this.#gathered;
    if (!gathered) return;
    this.#gathered = undefined;
    const { sendMicros, tradeMicros, trades } = gathered;
    const frame = this.#frames.trades(sendMicros, tradeMicros, trades, this.#symbol);
    this.#deliver(frame, trades[0]!.tradeId, trades[trades.length - 1]!.tradeId);
  }

  #deliver(frame: Buffer, firstId: number, lastId: number): void {
    for (const connection of this.connections) {
      if (!this.isReading(connection)) continue;
      connection.deliver(this.stream, frame, firstId, lastId);
      this.sent();
    }
  }
}
