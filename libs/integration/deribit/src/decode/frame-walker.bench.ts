import { fileURLToPath } from "node:url";
import { DataType, ExchangeId, type Instrument, SimulatedClock } from "@ims/common";
import type { FrameReader, OpenFeed } from "@ims/integration-kit";
import type { IntegrationContext, MarketDataSink } from "@ims/traits";
import type { DeribitFeed } from "../feeds/deribit-feed.js";
import { openFeed } from "../feeds/open-feed.js";
import { readFrames } from "../frame-reader.js";
import { termsOfName } from "../instruments.js";
import { DeribitRequests } from "../rpc/deribit-requests.js";
import { type BenchFrames, benchFrames, FRAMES_PER_SYMBOL } from "./frames.bench.js";

export interface WalkFigures {
  readonly frame: string;
  /** Frames per second of the process's own CPU time, from the bytes of a frame to the sink's calls. */
  readonly walked: number;
  /** The same with another order of keys around the data, which is read as JSON. */
  readonly asJson: number;
  /** How many times faster the walk is. */
  readonly times: number;
}

const SYMBOLS = 100;
const ROUNDS = 5;

/** Measures each kind of frame with about `frameCount` frames a round. */
export function benchWalkers(frameCount: number): WalkFigures[] {
  return Object.entries(benchFrames).map(([frame, kind]) => {
    const [walked, asJson] = rates(kind, frameCount);
    return { frame, walked, asJson, times: Math.round((walked / asJson) * 10) / 10 };
  });
}

/** The best of all rounds but the first, which warms up, of both ways in turn: other load only ever slows. */
function rates(kind: BenchFrames, frameCount: number): readonly [walked: number, asJson: number] {
  const walked = new BenchRun(kind, true);
  const asJson = new BenchRun(kind, false);
  for (let round = 0; round < ROUNDS; round++) {
    walked.round(frameCount, round > 0);
    asJson.round(frameCount, round > 0);
  }
  return [walked.best, asJson.best];
}

interface BenchFrame {
  readonly bytes: Buffer;
  /** Digits in it that grow each time. */
  readonly counted: readonly Buffer[];
}

function benchFrame(text: string, { counted }: BenchFrames): BenchFrame {
  const bytes = Buffer.from(text);
  const digits = counted ? [...text.matchAll(new RegExp(`(?<=${counted.key})[0-9]+`, "g"))] : [];
  return { bytes, counted: digits.map(({ index, 0: found }) => bytes.subarray(index, index + found.length)) };
}

/** Adds to a decimal number that has room for it. */
function addTo(digits: Buffer, value: number): void {
  let carry = value;
  for (let at = digits.length - 1; carry > 0; at--) {
    const sum = digits[at]! - 0x30 + carry;
    digits[at] = 0x30 + (sum % 10);
    carry = Math.floor(sum / 10);
  }
}

class BenchRun {
  /** Frames per second in the best round. */
  best = 0;
  readonly #frames: readonly BenchFrame[];
  readonly #kind: BenchFrames;
  readonly #seen = { count: 0 };
  readonly #reader: FrameReader;

  constructor(kind: BenchFrames, isUsual: boolean) {
    this.#kind = kind;
    const symbols = Array.from({ length: SYMBOLS }, (_, at) => kind.symbolOf(at));
    this.#reader = createReader(kind, symbols, this.#seen);
    const print = (symbol: string, at: number) =>
      benchFrame(frameOf(kind.channelOf(symbol), kind.dataOf(symbol, at), isUsual), kind);
    if (kind.firstOf)
      for (const symbol of symbols) {
        const first = frameOf(kind.channelOf(symbol), kind.firstOf(symbol), true);
        this.#reader.decode(Buffer.from(first), 1);
      }
    this.#frames = Array.from({ length: FRAMES_PER_SYMBOL }, (_, at) =>
      symbols.map((symbol) => print(symbol, at)),
    ).flat();
  }

  round(frameCount: number, counts: boolean): void {
    const turns = Math.max(1, Math.round(frameCount / this.#frames.length));
    this.#seen.count = 0;
    const before = process.cpuUsage();
    for (let turn = 0; turn < turns; turn++) {
      for (const { bytes, counted } of this.#frames) {
        for (const digits of counted) addTo(digits, this.#kind.counted!.step);
        this.#reader.decode(bytes, 1);
      }
    }
    const { system, user } = process.cpuUsage(before);
    const read = turns * this.#frames.length;
    if (this.#seen.count !== read * this.#kind.recordCount)
      throw new Error(`${this.#seen.count} records of ${read} frames came`);
    if (counts) this.best = Math.max(this.best, Math.round((read * 1e6) / (user + system)));
  }
}

function frameOf(channel: string, data: string, isUsual: boolean): string {
  const name = `"channel":"${channel}"`;
  const params = isUsual ? `{${name},"data":${data}}` : `{"data":${data},${name}}`;
  return `{"jsonrpc":"2.0","method":"subscription","params":${params}}`;
}

function createReader(kind: BenchFrames, symbols: readonly string[], seen: { count: number }): FrameReader {
  const clock = new SimulatedClock();
  const ignore = () => {};
  const count = () => void seen.count++;
  const logger = { debug: ignore, info: ignore, warn: ignore, error: ignore };
  const fail = (what: { detail: string }) => {
    throw new Error(what.detail);
  };
  const sink = {
    trade: count,
    bookSnapshot: ignore,
    bookDelta: count,
    topOfBook: count,
    markPrice: count,
    ticker: count,
    optionTicker: count,
    gap: () => fail({ detail: "a gap" }),
    rejected: fail,
  } as unknown as MarketDataSink;
  const context: IntegrationContext = { clock, logger, random: () => 0.5, sink };
  const requests = new DeribitRequests(context, "http://bench.invalid");
  const entries = new Map<string, { feed: OpenFeed; handler: DeribitFeed }>();
  symbols.forEach((symbol, instrumentId) => {
    const feed: OpenFeed = {
      stream: kind.channelOf(symbol),
      group: "",
      liveness: { kind: "driven" },
      request: { dataType: kind.dataType },
      instrument: instrumentOf(symbol, kind.dataType),
      instrumentId,
      seen: ignore,
      restart: ignore,
    };
    const handler = openFeed({ feed, context }, termsOfName(symbol), requests);
    entries.set(feed.stream, { feed, handler });
  });
  const events = { onReply: ignore, onEndAnnounced: ignore, send: () => true };
  const feeds = { find: (stream: string) => entries.get(stream) };
  return readFrames({ events, feeds, instruments: { renewWithin: ignore }, sink, logger });
}

function instrumentOf(symbol: string, dataType: DataType): Instrument {
  const isOption = termsOfName(symbol).option !== undefined;
  return {
    exchange: ExchangeId.Deribit,
    symbol,
    base: "BTC",
    quote: isOption ? "BTC" : "USD",
    settle: "BTC",
    kind: isOption ? "option" : "future",
    status: "trading",
    priceScale: isOption ? 4 : 1,
    quantityScale: isOption ? 1 : 0,
    priceIncrement: isOption ? "0.0001" : "0.5",
    quantityIncrement: isOption ? "0.1" : "10",
    ...(dataType === DataType.Ticker && { contractSize: "1" }),
    expiryMicros: 1_798_185_600_000_000,
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  console.table(benchWalkers(Number(process.argv[2] ?? 50_000)));
}
