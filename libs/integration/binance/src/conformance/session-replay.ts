import {
  ExchangeId,
  formatMantissa,
  type Instrument,
  MantissaCell,
  SimulatedClock,
  TradeKind,
  trimFraction,
} from "@ims/common";
import type { RecordedLine } from "@ims/integration-kit/conformance";
import { bookHash } from "@ims/order-book";
import type { MarketDataSink, RejectedFrame, TradeFields } from "@ims/traits";
import { BookFeed } from "../common/book/book-feed.js";
import { readDepthSnapshot } from "../common/book/depth-snapshot.js";
import type { SequenceRule } from "../common/book/sequence-rule.js";
import { createFeedCounters } from "../common/decode/feed-counters.js";
import { FeedTable } from "../common/decode/feed-table.js";
import { FrameDecoder } from "../common/decode/frame-decoder.js";
import { InstrumentFeed } from "../common/decode/instrument-feed.js";
import { ExactSum } from "./exact-sum.js";
import type { ExpectedBook, ExpectedTrades } from "./expectations.js";

/** Above the scales of every symbol there is, so that no record changes those of a book. */
const SCALE = 8;
const SIDE_LIMIT_DEFAULT = 1000;
const SYMBOL = /"s":"([^"\\]+)"/;
const STREAM_SYMBOL = /^\{"stream":"([^"@\\!]+)@/;
const EVENT = /"e":"([A-Za-z0-9_]+)"/;
const READ_EVENTS = new Set([
  "trade",
  "aggTrade",
  "kline",
  "bookTicker",
  "depthUpdate",
  "markPriceUpdate",
  "forceOrder",
  "24hrTicker",
  "contractInfo",
  "serverShutdown",
]);
const NAMELESS = /"lastUpdateId":|"u":/;

interface TradeSum {
  n: number;
  readonly baseQty: ExactSum;
  readonly quote: ExactSum;
  firstId: string;
  lastId: string;
}

/** Replays the frames of one session as a connection would deliver them, and keeps what came of them. */
export class SessionReplay {
  readonly counters = createFeedCounters();
  readonly idJumps: string[] = [];
  readonly rejections: RejectedFrame[] = [];
  frameCount = 0;
  readonly #rule: SequenceRule;
  readonly #clock = new SimulatedClock();
  readonly #table = new FeedTable();
  readonly #decoder: FrameDecoder;
  readonly #books = new Map<string, BookFeed>();
  readonly #trades = new Map<string, TradeSum>();
  #event = "";
  #symbol = "";

  constructor(rule: SequenceRule) {
    this.#rule = rule;
    this.#decoder = new FrameDecoder({
      table: this.#table,
      sink: this.#sink(),
      counters: this.counters,
      depthListener: { depth: (feed, change) => this.#bookOf(feed.instrument.symbol).depth(change) },
      onReply() {},
      onServerShutdown() {},
      onIdJump: (feed, expectedId, tradeId) =>
        this.idJumps.push(`${feed.instrument.symbol}: ${tradeId} instead of ${expectedId}`),
    });
  }

  /** Frames of kinds that are not read, and bodies other than depth snapshots, are passed over. */
  line({ data, url }: RecordedLine): void {
    if (!url.startsWith("ws")) {
      this.#body(url, data);
      return;
    }
    this.#event = EVENT.exec(data)?.[1] ?? "";
    if (!READ_EVENTS.has(this.#event) && !(this.#event === "" && NAMELESS.test(data))) return;
    this.#symbol = SYMBOL.exec(data)?.[1] ?? STREAM_SYMBOL.exec(data)?.[1]?.toUpperCase() ?? "";
    if (this.#symbol !== "") this.#subscribe(this.#symbol);
    this.frameCount++;
    this.#decoder.decode(Buffer.from(data), this.#clock.nowMicros());
  }

  /** The book of a symbol in the form of the expectations; undefined if there was none. */
  book(symbol: string): ExpectedBook | undefined {
    const feed = this.#books.get(symbol);
    if (!feed) return undefined;
    const { book, sequencer } = feed;
    const { appliedCount, droppedCount, gapCount } = sequencer.counters;
    return {
      dropped: droppedCount,
      applied: appliedCount,
      gaps: gapCount,
      lastUpdateId: String(sequencer.bookId),
      bidLevels: book.bids.count,
      askLevels: book.asks.count,
      best: [this.#best(feed, "bestBid"), this.#best(feed, "bestAsk")],
      crossed: book.condition !== 0,
      sha256: bookHash(book),
    };
  }

  get bookSymbols(): readonly string[] {
    return [...this.#books.keys()];
  }

  /** Sums of trades in the form of the expectations, by symbol and kind. */
  trades(): ReadonlyMap<string, ExpectedTrades> {
    return new Map(
      [...this.#trades].map(([key, sum]) => [
        key,
        { ...sum, baseQty: sum.baseQty.toString(), quote: sum.quote.toString() },
      ]),
    );
  }

  #body(url: string, data: string): void {
    const { pathname, searchParams } = new URL(url);
    const symbol = searchParams.get("symbol");
    if (!pathname.endsWith("/depth") || symbol === null) return;
    const scales = { priceScale: SCALE, quantityScale: SCALE };
    const snapshot = readDepthSnapshot(JSON.parse(data), scales, this.#clock.nowMicros());
    this.#bookOf(symbol).snapshot(snapshot, Number(searchParams.get("limit") ?? SIDE_LIMIT_DEFAULT));
  }

  #subscribe(symbol: string): void {
    if (this.#table.find(symbol)) return;
    const feed = new InstrumentFeed(recordedInstrument(symbol), 1);
    const { book, liquidations, markPrice, partialBook, ticker, topOfBook, trades } = feed;
    for (const data of [book, liquidations, markPrice, partialBook, ticker, topOfBook, trades]) {
      data.active = true;
    }
    this.#table.add(feed);
  }

  #bookOf(symbol: string): BookFeed {
    const known = this.#books.get(symbol);
    if (known) return known;
    const feed = new BookFeed({
      symbol,
      instrumentId: 1,
      rule: this.#rule,
      random: () => 0.5,
      clock: this.#clock,
      sink: { bookSnapshot() {}, bookDelta() {} },
      listener: { needSnapshot() {}, gap() {}, state() {} },
    });
    this.#books.set(symbol, feed);
    feed.start();
    return feed;
  }

  #add(trade: TradeFields): void {
    const kind = trade.kind === TradeKind.Regular ? this.#event : `non-MARKET ${this.#event}`;
    const key = `${this.#symbol}|${kind}`;
    const price = trade.price.toBigInt();
    const quantity = trade.quantity.toBigInt();
    const id = String(trade.tradeId);
    const sum = this.#trades.get(key) ?? {
      n: 0,
      baseQty: new ExactSum(),
      quote: new ExactSum(),
      firstId: id,
      lastId: id,
    };
    sum.n++;
    sum.baseQty.add(quantity, trade.quantity.scale);
    sum.quote.add(price * quantity, trade.price.scale + trade.quantity.scale);
    sum.lastId = id;
    this.#trades.set(key, sum);
  }

  #best({ book }: BookFeed, side: "bestBid" | "bestAsk"): string[] {
    const price = new MantissaCell();
    const quantity = new MantissaCell();
    if (!book[side](price, quantity)) return [];
    return [price, quantity].map((cell) => trimFraction(formatMantissa(cell.toBigInt(), cell.scale)));
  }

  #sink(): MarketDataSink {
    const ignore = () => {};
    return {
      register: () => 1,
      trade: (trade) => this.#add(trade),
      bar: ignore,
      topOfBook: ignore,
      bookSnapshot: ignore,
      bookDelta: ignore,
      markPrice: ignore,
      liquidation: ignore,
      orderSnapshot: ignore,
      order: ignore,
      optionTicker: ignore,
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

function recordedInstrument(symbol: string): Instrument {
  return {
    exchange: ExchangeId.BinanceSpot,
    symbol,
    base: "",
    quote: "",
    settle: "",
    kind: "spot",
    status: "trading",
    priceScale: SCALE,
    quantityScale: SCALE,
    priceIncrement: "0.00000001",
    quantityIncrement: "0.00000001",
  };
}
