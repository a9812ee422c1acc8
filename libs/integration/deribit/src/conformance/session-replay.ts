import {
  BookLevels,
  DataType,
  ExchangeId,
  formatMantissa,
  type Instrument,
  type InstrumentKind,
  SimulatedClock,
  trimFraction,
} from "@ims/common";
import { createTradeFields, type OpenFeed, readText } from "@ims/integration-kit";
import { bookHash, type OrderBook } from "@ims/order-book";
import type { FeedRequest, IntegrationContext, MarketDataSink, RejectedFrame } from "@ims/traits";
import { BookFeed } from "../feeds/book-feed.js";
import type { DeribitFeed } from "../feeds/deribit-feed.js";
import { openFeed } from "../feeds/open-feed.js";
import { readTrade } from "../feeds/trade-row.js";
import { readFrames } from "../frame-reader.js";
import { readInstruments, termsOfName } from "../instruments.js";
import { exactObject, parseExactJson } from "../json/exact-json.js";
import { DeribitRequests } from "../rpc/deribit-requests.js";

/** A book in the form of the expectations. */
export interface ReplayedBook {
  readonly snapshots: number;
  readonly changes: number;
  readonly gaps: number;
  readonly change_id: string;
  readonly bidLevels: number;
  readonly askLevels: number;
  /** Best bid and ask, each price and amount; null for an empty side. */
  readonly best: readonly (readonly string[] | null)[];
  readonly top3bids: readonly (readonly string[])[];
  readonly top3asks: readonly (readonly string[])[];
  readonly crossed: boolean;
  readonly sha256: string;
}

interface Entry {
  readonly feed: OpenFeed;
  readonly handler: DeribitFeed;
}

/** Digits after the point of no instrument in particular: records have their own. */
const SCALE = 4;
/** Far behind every recording. */
const EXPIRY_MICROS = 2e15;

/** Replays the frames of one session through the reader of a connection, with a feed for each channel that is read. */
export class SessionReplay {
  readonly rejections: RejectedFrame[] = [];
  readonly counts = new Map<DataType, number>();
  frameCount = 0;
  bodyCount = 0;
  readonly #context: IntegrationContext;
  readonly #entries = new Map<string, Entry>();
  readonly #requests: DeribitRequests;

  constructor() {
    const ignore = () => {};
    const logger = { debug: ignore, info: ignore, warn: ignore, error: ignore };
    this.#context = { clock: new SimulatedClock(), logger, random: () => 0.5, sink: this.#sink() };
    this.#requests = new DeribitRequests(this.#context, "http://replay.invalid");
  }

  /** @returns false for a frame of a channel that is not read, and for answers */
  frame(text: string): boolean {
    const channel = /"channel"\s*:\s*"([^"]+)"/.exec(text)?.[1];
    if (channel === undefined || !this.#entryOf(channel)) return false;
    this.frameCount++;
    const { logger, sink } = this.#context;
    const feeds = { find: (stream: string) => this.#entries.get(stream) };
    const events = { onReply() {}, onEndAnnounced() {}, send: () => true };
    const instruments = { renewWithin() {} };
    const reader = readFrames({ events, feeds, instruments, logger, sink });
    reader.decode(Buffer.from(text), this.#context.clock.nowMicros());
    return true;
  }

  /** A body of HTTP: lists of trades and of instruments are read, others passed over. */
  body(url: string, text: string): void {
    const isTrades = url.includes("/get_last_trades_by_instrument");
    if (!isTrades && !url.includes("/get_instruments")) return;
    this.bodyCount++;
    const result: unknown = exactObject(parseExactJson(text))?.result;
    if (!isTrades) {
      const { skipped } = readInstruments({ result }, ExchangeId.Deribit);
      for (const detail of skipped) this.rejections.push({ reason: "unexpected", detail });
      return;
    }
    const trade = createTradeFields();
    const rows = exactObject(result)?.trades;
    for (const row of Array.isArray(rows) ? (rows as unknown[]) : []) {
      const fields = exactObject(row) ?? {};
      const symbol = readText(fields, "instrument_name");
      const entry = this.#entryOf(`trades.${symbol}.100ms`)!;
      readTrade(fields, entry.feed, this.#context.clock.nowMicros(), trade);
      this.#context.sink.trade(trade);
    }
  }

  /** The books of the session by instrument. */
  books(): ReadonlyMap<string, ReplayedBook> {
    const books = new Map<string, ReplayedBook>();
    for (const { feed, handler } of this.#entries.values()) {
      if (handler instanceof BookFeed) books.set(feed.instrument.symbol, bookOf(handler));
    }
    return books;
  }

  /** Ends what waits for missed trades. */
  async close(): Promise<void> {
    await Promise.all([...this.#entries.values()].map(({ handler }) => handler.close?.()));
  }

  #entryOf(channel: string): Entry | undefined {
    const known = this.#entries.get(channel);
    if (known) return known;
    const request = requestOf(channel);
    const symbol = channel.replace(/^chart\./, "").split(".")[1];
    if (!request || symbol === undefined) return undefined;
    const terms = termsOfName(symbol);
    const isTicker = request.dataType === DataType.MarkPrice;
    if (isTicker && terms.isCombo) return undefined;
    const feed: OpenFeed = {
      stream: channel,
      group: "",
      liveness: { kind: "rare" },
      request: isTicker && terms.option ? { dataType: DataType.OptionTicker } : request,
      instrument: instrumentOf(symbol),
      instrumentId: 1,
      seen() {},
      restart() {},
    };
    const entry = { feed, handler: openFeed({ feed, context: this.#context }, terms, this.#requests) };
    this.#entries.set(channel, entry);
    return entry;
  }

  #sink(): MarketDataSink {
    const count = (dataType: DataType) => () =>
      void this.counts.set(dataType, (this.counts.get(dataType) ?? 0) + 1);
    const ignore = () => {};
    return {
      register: () => 1,
      trade: count(DataType.Trade),
      bar: count(DataType.Bar),
      topOfBook: count(DataType.TopOfBook),
      bookSnapshot: count(DataType.Book),
      bookDelta: count(DataType.Book),
      markPrice: count(DataType.MarkPrice),
      liquidation: ignore,
      orderSnapshot: ignore,
      order: ignore,
      optionTicker: count(DataType.OptionTicker),
      ticker: ignore,
      gap: ignore,
      feedStatus: ignore,
      instrument: ignore,
      rejected: (frame) => this.rejections.push(frame),
      accepting: true,
      whenAccepting: () => Promise.resolve(),
    };
  }
}

/** What a channel of a recording carries; a ticker is that of a future until its name says otherwise. */
function requestOf(channel: string): FeedRequest | undefined {
  if (/^trades\.[^.]+\.[^.]+$/.test(channel)) return { dataType: DataType.Trade };
  if (/^book\.[^.]+\.[^.]+$/.test(channel)) return { dataType: DataType.Book };
  if (/^quote\.[^.]+$/.test(channel)) return { dataType: DataType.TopOfBook };
  if (/^ticker\.[^.]+\.[^.]+$/.test(channel)) return { dataType: DataType.MarkPrice };
  if (/^chart\.trades\.[^.]+\.1$/.test(channel)) return { dataType: DataType.Bar, resolution: "1m" };
  return undefined;
}

function instrumentOf(symbol: string): Instrument {
  const [base = "", quote = ""] = symbol.split(/[-_]/);
  const kind: InstrumentKind = termsOfName(symbol).option ? "option" : "future";
  return {
    exchange: ExchangeId.Deribit,
    symbol,
    base,
    quote,
    settle: base,
    kind,
    status: "trading",
    priceScale: SCALE,
    quantityScale: 0,
    priceIncrement: "0.0001",
    quantityIncrement: "1",
    expiryMicros: EXPIRY_MICROS,
  };
}

function bookOf({ book, changeId, counters }: BookFeed): ReplayedBook {
  const bids = topOf(book, "bids");
  const asks = topOf(book, "asks");
  return {
    snapshots: counters.snapshotCount,
    changes: counters.changeCount,
    gaps: counters.gapCount,
    change_id: String(changeId),
    bidLevels: book.bids.count,
    askLevels: book.asks.count,
    best: [bids[0] ?? null, asks[0] ?? null],
    top3bids: bids,
    top3asks: asks,
    crossed: book.condition !== 0,
    sha256: bookHash(book),
  };
}

function topOf(book: OrderBook, side: "bids" | "asks"): string[][] {
  const levels = { bids: new BookLevels(), asks: new BookLevels() };
  book.copyTop(3, levels.bids, levels.asks);
  const chosen = levels[side];
  return Array.from({ length: chosen.count }, (_, index) => [
    trimFraction(formatMantissa(chosen.price(index), book.priceScale)),
    trimFraction(formatMantissa(chosen.quantity(index), book.quantityScale)),
  ]);
}
