import {
  asObject,
  type ControlReply,
  createLiquidationFields,
  createMarkPriceFields,
  createTickerFields,
  type JsonObject,
  readText,
  Unusable,
} from "@ims/integration-kit";
import type { BarFields, BookFields, TopOfBookFields, TradeFields } from "@ims/traits";
import { createBarFields, readBar } from "./bar-json.js";
import { type ContractInfo, readContractInfo } from "./contract-info.js";
import { readControlReply } from "./control-reply.js";
import { readBestLevels, readDepthUpdate } from "./depth-json.js";
import type { FeedCounters } from "./feed-counters.js";
import type { FeedTable } from "./feed-table.js";
import type { InstrumentFeed } from "./instrument-feed.js";
import { liquidationOrder, readLiquidation } from "./liquidation-json.js";
import { readMarkPrice } from "./mark-price-json.js";
import type { RecordPublisher } from "./record-publisher.js";
import { isDiffDepth, isForAllSymbols, partialDepthLevels, streamSymbol } from "./stream-kind.js";
import { readTicker } from "./ticker-json.js";
import { isTopOfBook, readTopOfBook } from "./top-of-book-json.js";
import { readTrade } from "./trade-json.js";

export interface GeneralDecoderOptions {
  readonly table: FeedTable;
  readonly counters: FeedCounters;
  readonly publisher: RecordPublisher;
  /** The `st` that records of this market carry; records with another one are dropped. Undefined: not looked at. */
  readonly product?: number;
  readonly onReply: (reply: ControlReply) => void;
  /** The venue announced that it is about to close the connection. */
  readonly onServerShutdown: () => void;
  readonly onContractInfo?: (info: ContractInfo) => void;
  /** A record of this stream was rejected, or all of a frame where the symbol cannot be read. */
  readonly onRecordLost?: (stream: string, symbol: string | undefined) => void;
}

/** The objects that walked records are read into, shared with the walker. */
export interface WalkedFields {
  readonly trade: TradeFields;
  readonly top: TopOfBookFields;
  readonly book: BookFields;
}

/** How a frame begins that is cut off behind the name of its stream. */
const STREAM_HEAD = /^\{"stream":"([^"\\]{1,100})"/;

/** Reads any frame through `JSON.parse`. It throws for none: what cannot be used is rejected, once for each record. */
export class GeneralDecoder {
  readonly #bar: BarFields = createBarFields();
  readonly #markPrice = createMarkPriceFields();
  readonly #liquidation = createLiquidationFields();
  readonly #ticker = createTickerFields();
  readonly #text = new TextDecoder();

  constructor(
    private readonly options: GeneralDecoderOptions,
    private readonly fields: WalkedFields,
  ) {}

  decode(frame: Uint8Array, receiveMicros: number): void {
    const { publisher } = this.options;
    let value: unknown;
    const text = this.#text.decode(frame);
    try {
      value = JSON.parse(text);
    } catch {
      publisher.reject("not-json", `a frame of ${frame.length} bytes is not JSON`);
      const stream = STREAM_HEAD.exec(text)?.[1];
      if (stream !== undefined) this.options.onRecordLost?.(stream, undefined);
      return;
    }
    const outer = asObject(value);
    const reply = outer && readControlReply(outer);
    if (reply) {
      this.options.onReply(reply);
      return;
    }
    const stream = typeof outer?.stream === "string" ? outer.stream : "";
    const payload = outer && Object.hasOwn(outer, "stream") ? outer.data : value;
    // Streams of all instruments send lists, a tick split over several of them.
    for (const record of Array.isArray(payload) ? (payload as unknown[]) : [payload]) {
      this.#decodeRecord(asObject(record), stream, receiveMicros);
    }
  }

  #decodeRecord(record: JsonObject | undefined, stream: string, receiveMicros: number): void {
    try {
      if (!record) throw new Unusable("unexpected", "a record is not a JSON object");
      this.#dispatch(record, stream, receiveMicros);
    } catch (error) {
      if (!(error instanceof Unusable)) throw error;
      const named = record && (asObject(record.o) ?? record).s;
      const symbol = typeof named === "string" ? named.slice(0, 40) : undefined;
      this.options.publisher.reject(error.reason, describe(record?.e, error.message), symbol);
      this.options.onRecordLost?.(stream, symbol);
    }
  }

  #dispatch(record: JsonObject, stream: string, receiveMicros: number): void {
    if (!Object.hasOwn(record, "e")) {
      this.#decodeNameless(record, stream, receiveMicros);
      return;
    }
    const { publisher } = this.options;
    const event = readText(record, "e");
    switch (event) {
      case "trade":
      case "aggTrade":
        this.#decodeTrade(record, event === "aggTrade", stream, receiveMicros);
        break;
      case "bookTicker":
        this.#decodeTopOfBook(record, stream, receiveMicros);
        break;
      case "depthUpdate":
        this.#decodeDepth(record, stream, receiveMicros);
        break;
      case "kline":
        this.#withFeed(record, stream, (feed) => {
          readBar(record, feed.instrument.priceScale, feed.instrument.quantityScale, this.#bar);
          this.#bar.instrumentId = feed.instrumentId;
          publisher.bar(feed, this.#bar, receiveMicros);
        });
        break;
      case "markPriceUpdate":
        this.#withFeed(record, stream, (feed) => {
          readMarkPrice(record, feed, this.#markPrice);
          publisher.markPrice(feed, this.#markPrice, receiveMicros);
        });
        break;
      case "forceOrder":
        if (this.#isOtherProduct(record)) break;
        this.#withFeed(liquidationOrder(record), stream, (feed) => {
          readLiquidation(record, feed, this.#liquidation);
          publisher.liquidation(feed, this.#liquidation, receiveMicros);
        });
        break;
      case "24hrTicker":
        this.#withFeed(record, stream, (feed) => {
          readTicker(record, feed, this.#ticker);
          publisher.ticker(feed, this.#ticker, receiveMicros);
        });
        break;
      case "contractInfo":
        if (!this.#isOtherProduct(record)) this.options.onContractInfo?.(readContractInfo(record));
        break;
      case "serverShutdown":
        this.options.onServerShutdown();
        break;
      default:
        throw new Unusable(
          "unexpected",
          `no stream of kind ${JSON.stringify(event.slice(0, 40))} was asked for`,
        );
    }
  }

  /** Spot's best levels and top of book name no event. */
  #decodeNameless(record: JsonObject, stream: string, receiveMicros: number): void {
    if (isTopOfBook(record)) {
      this.#decodeTopOfBook(record, stream, receiveMicros);
      return;
    }
    const levelCount = partialDepthLevels(stream);
    if (levelCount === 0 || !Object.hasOwn(record, "lastUpdateId"))
      throw new Unusable("missing-field", "e is missing");
    const { counters, publisher, table } = this.options;
    counters.fallbackCount++;
    const name = streamSymbol(stream);
    const feed = table.findStream(name);
    if (!feed) throw unknownSymbol(name);
    const { book } = this.fields;
    readBestLevels(record, feed, book);
    book.horizon = levelCount;
    publisher.partialDepth(feed, book, receiveMicros);
  }

  #decodeTrade(record: JsonObject, aggregate: boolean, stream: string, receiveMicros: number): void {
    const { counters, publisher } = this.options;
    const { trade } = this.fields;
    counters.fallbackCount++;
    this.#withFeed(record, stream, (feed) => {
      trade.instrumentId = feed.instrumentId;
      if (readTrade(record, aggregate, trade) === "trade") publisher.trade(feed, trade, receiveMicros);
      else publisher.noTrade(feed, trade.tradeId);
    });
  }

  #decodeTopOfBook(record: JsonObject, stream: string, receiveMicros: number): void {
    const { counters, publisher } = this.options;
    const { top } = this.fields;
    counters.fallbackCount++;
    this.#withFeed(record, stream, (feed) => {
      readTopOfBook(record, feed, top);
      publisher.topOfBook(feed, top, receiveMicros);
    });
  }

  /** On futures only the stream's name tells best levels from changes; without a name they are changes. */
  #decodeDepth(record: JsonObject, stream: string, receiveMicros: number): void {
    const { counters, publisher } = this.options;
    const { book } = this.fields;
    const levelCount = partialDepthLevels(stream);
    if (stream !== "" && levelCount === 0 && !isDiffDepth(stream))
      throw new Unusable("unexpected", `${JSON.stringify(stream.slice(0, 40))} was not asked for`);
    counters.fallbackCount++;
    this.#withFeed(record, stream, (feed) => {
      readDepthUpdate(record, feed, book);
      book.horizon = levelCount;
      if (levelCount > 0) publisher.partialDepth(feed, book, receiveMicros);
      else publisher.depth(feed, book, receiveMicros);
    });
  }

  /** Calls `read` for a record of a known symbol and of this market. */
  #withFeed(record: JsonObject, stream: string, read: (feed: InstrumentFeed) => void): void {
    if (this.#isOtherProduct(record)) return;
    const symbol = readText(record, "s");
    const feed = this.options.table.find(symbol);
    if (feed) read(feed);
    else if (isForAllSymbols(stream)) this.options.counters.unsubscribedCount++;
    else throw unknownSymbol(symbol);
  }

  #isOtherProduct(record: JsonObject): boolean {
    const { counters, product } = this.options;
    if (product === undefined || typeof record.st !== "number" || record.st === product) return false;
    counters.otherProductCount++;
    return true;
  }
}

function unknownSymbol(symbol: string): Unusable {
  return new Unusable("unknown-symbol", `${JSON.stringify(symbol.slice(0, 40))} was never subscribed`);
}

function describe(event: unknown, what: string): string {
  return typeof event === "string" ? `${event.slice(0, 40)}: ${what}` : what;
}
