import {
  ExchangeId,
  formatMantissa,
  type Instrument,
  MantissaCell,
  SimulatedClock,
  trimFraction,
} from "@ims/common";
import {
  asObject,
  createBookFields,
  createTradeFields,
  type FeedIndex,
  type OpenFeed,
} from "@ims/integration-kit";
import { bookHash } from "@ims/order-book";
import type { BookFields, RejectedFrame, TradeFields } from "@ims/traits";
import { BookSync } from "../book/book-sync.js";
import { CHANNEL_PREFIXES, venueChannelOf } from "../channels.js";
import { readBook } from "../decode/level-reader.js";
import type { BitstampFeed } from "../feeds/bitstamp-feed.js";
import { FundingFeed } from "../feeds/funding-feed.js";
import { readFrames } from "../frame-reader.js";
import { createOrderFrame } from "../orders/order-frame.js";
import { readOrder } from "../orders/order-reader.js";
import { readListedTrade, readStreamTrade } from "../trades/trade-fields.js";
import type { RecordedLine } from "./recorded-lines.js";

/** Above the scales of every pair there is, so that no record changes those of a book. */
const SCALE = 8;
const RECORDED_SCALES = { priceScale: SCALE, quantityScale: SCALE };
/** Prefixes in an order in which the longer of two comes first. */
const PREFIXES = [...CHANNEL_PREFIXES.values()].sort((left, right) => right.length - left.length);

/** What a session found of one book, in the form of the expectations. */
export interface SeenBook {
  readonly diffs: number;
  readonly dropped: number;
  readonly applied: number;
  readonly bidLevels: number;
  readonly askLevels: number;
  readonly best: readonly (readonly string[])[];
  readonly crossed: boolean;
  readonly sha256: string;
}

export interface SeenTrades {
  readonly n: number;
  readonly amount: string;
}

/** Replays the frames of one session as a connection would deliver them, and keeps what came of them. */
export class SessionReplay {
  readonly rejections: RejectedFrame[] = [];
  readonly idSteps: string[] = [];
  frameCount = 0;
  bodyCount = 0;
  /** Frames that were read as bytes. */
  walkedCount = 0;
  /** Events of orders. */
  orderCount = 0;
  readonly #books = new Map<string, BookSync>();
  readonly #trades = new Map<string, { n: number; mantissa: bigint; lastId: number }>();
  readonly #fields = createBookFields();
  readonly #trade = createTradeFields();
  readonly #order = createOrderFrame();
  readonly #clock = new SimulatedClock();
  readonly #handlers = new Map<string, BitstampFeed>();
  readonly #reader;

  constructor() {
    const index: FeedIndex<BitstampFeed> = {
      find: (stream) => {
        const handler = this.#handlerOf(stream);
        return handler && { feed: this.#feedOf(stream, symbolOf(stream) ?? ""), handler };
      },
    };
    this.#reader = readFrames({ onReply() {}, onEndAnnounced() {}, send: () => true }, index, {
      sink: { rejected: (frame) => this.rejections.push(frame) },
      logger: { warn() {} },
      onUnreadable() {},
    });
  }

  /** Frames of channels and bodies that are not read are passed over. */
  line({ data, url }: RecordedLine): void {
    if (url.startsWith("ws")) {
      this.frameCount++;
      this.#reader.decode(Buffer.from(data), this.#clock.nowMicros());
    } else {
      this.#body(
        new URL(url).pathname.split("/").filter((part) => part !== ""),
        data,
      );
    }
  }

  get symbols(): readonly string[] {
    return [...this.#books.keys()];
  }

  /** In the form of the expectations; undefined if nothing came of it. */
  book(symbol: string): SeenBook | undefined {
    const sync = this.#books.get(symbol);
    if (!sync) return undefined;
    const { book, counters } = sync;
    return {
      diffs: counters.appliedCount + counters.droppedCount,
      dropped: counters.droppedCount,
      applied: counters.appliedCount,
      bidLevels: book.bids.count,
      askLevels: book.asks.count,
      best: [best(sync, "bestBid"), best(sync, "bestAsk")],
      crossed: book.condition !== 0,
      sha256: bookHash(book),
    };
  }

  trades(symbol: string): SeenTrades | undefined {
    const sum = this.#trades.get(symbol);
    return sum && { n: sum.n, amount: trimFraction(formatMantissa(sum.mantissa, SCALE)) };
  }

  get tradeSymbols(): readonly string[] {
    return [...this.#trades.keys()];
  }

  #body(path: readonly string[], data: string): void {
    const [resource, symbol] = path.slice(2);
    const body: unknown = JSON.parse(data);
    if (resource === "transactions" && Array.isArray(body)) {
      this.bodyCount++;
      for (const row of body as unknown[]) readListedTrade(asObject(row) ?? {}, this.#trade);
    } else if (resource === "order_book" && symbol !== undefined) {
      // Bodies of 2019 have no microtimestamp, and no rule to be joined by.
      const record = asObject(body) ?? {};
      if (!("microtimestamp" in record)) return;
      this.bodyCount++;
      readBook(record, RECORDED_SCALES, this.#fields);
      this.#bookOf(symbol).snapshot(this.#fields);
    }
  }

  #handlerOf(stream: string): BitstampFeed | undefined {
    const known = this.#handlers.get(stream);
    if (known) return known;
    const symbol = symbolOf(stream);
    // Of the streams of a channel one is enough.
    if (symbol === undefined || venueChannelOf(stream) !== stream) return undefined;
    const handler = this.#createHandler(stream, symbol);
    this.#handlers.set(stream, handler);
    return handler;
  }

  #createHandler(stream: string, symbol: string): BitstampFeed {
    const fields = this.#fields;
    if (stream.startsWith("live_trades_")) {
      return {
        read: (_event, data) => {
          readStreamTrade(data, this.#trade);
          this.#add(symbol, this.#trade);
        },
        takeTrade: (trade) => this.#takeWalked(() => this.#add(symbol, trade)),
      };
    }
    if (stream.startsWith("funding_rate_")) {
      return new FundingFeed(this.#feedOf(stream, symbol), { sink: { markPrice() {} } });
    }
    if (stream.startsWith("live_orders_")) {
      return {
        read: (_event, _data, _receiveMicros, record) => {
          readOrder(record, RECORDED_SCALES, this.#order);
          this.orderCount++;
        },
        takeOrder: () => this.#takeWalked(() => this.orderCount++),
      };
    }
    const isDiff = stream.startsWith("diff_order_book_");
    const take = (book: BookFields) => {
      if (isDiff) this.#bookOf(symbol).diff(book);
    };
    return {
      read: (_event, data) => {
        readBook(data, RECORDED_SCALES, fields);
        take(fields);
      },
      takeBook: (book) => this.#takeWalked(() => take(book)),
    };
  }

  #takeWalked(act: () => void): void {
    this.walkedCount++;
    act();
  }

  #bookOf(symbol: string): BookSync {
    const known = this.#books.get(symbol);
    if (known) return known;
    const sync = new BookSync({ whole() {}, change() {}, gap() {}, doubted() {} });
    this.#books.set(symbol, sync);
    return sync;
  }

  #add(symbol: string, { quantity, tradeId }: TradeFields): void {
    const sum = this.#trades.get(symbol) ?? { n: 0, mantissa: 0n, lastId: 0 };
    if (tradeId <= sum.lastId) this.idSteps.push(`${symbol}: ${tradeId} behind ${sum.lastId}`);
    sum.n++;
    sum.lastId = tradeId;
    sum.mantissa += quantity.toBigInt() * 10n ** BigInt(SCALE - quantity.scale);
    this.#trades.set(symbol, sum);
  }

  #feedOf(stream: string, symbol: string): OpenFeed {
    return {
      stream,
      group: "",
      liveness: { kind: "driven" },
      request: { dataType: 1 },
      instrument: recordedInstrument(symbol),
      instrumentId: 1,
      seen() {},
      restart() {},
    };
  }
}

function symbolOf(stream: string): string | undefined {
  const prefix = PREFIXES.find((candidate) => stream.startsWith(candidate));
  return prefix === undefined ? undefined : stream.slice(prefix.length);
}

function best({ book }: BookSync, side: "bestBid" | "bestAsk"): string[] {
  const price = new MantissaCell();
  const quantity = new MantissaCell();
  if (!book[side](price, quantity)) return [];
  return [price, quantity].map((cell) => trimFraction(formatMantissa(cell.toBigInt(), cell.scale)));
}

function recordedInstrument(symbol: string): Instrument {
  return {
    exchange: ExchangeId.Bitstamp,
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
