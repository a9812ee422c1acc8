import { MantissaCell, TradeKind } from "@ims/common";
import type { BarFields, MarketDataSink, RejectReason, TradeFields } from "@ims/traits";
import { createBarFields, readBar } from "./bar-json.js";
import { type ControlReply, readControlReply } from "./control-reply.js";
import type { FeedCounters } from "./feed-counters.js";
import type { FeedTable } from "./feed-table.js";
import type { InstrumentFeed } from "./instrument-feed.js";
import { asObject, type JsonObject } from "./json-fields.js";
import { readText, Unusable } from "./read-fields.js";
import { readTrade } from "./trade-json.js";
import { TradeWalker } from "./trade-walker.js";

export interface FrameDecoderOptions {
  readonly table: FeedTable;
  readonly sink: MarketDataSink;
  readonly counters: FeedCounters;
  readonly onReply: (reply: ControlReply) => void;
  /** The venue announced that it is about to close the connection. */
  readonly onServerShutdown: () => void;
  /** A trade id that does not follow the one before it. */
  readonly onIdJump: (feed: InstrumentFeed, expectedId: number, tradeId: number) => void;
}

/** Turns frames into sink calls. It throws for no frame: what cannot be used goes to `sink.rejected`, once. */
export class FrameDecoder {
  private readonly walker: TradeWalker;
  private readonly trade: TradeFields = {
    instrumentId: 0,
    tradeId: 0,
    firstTradeId: 0,
    lastTradeId: 0,
    eventMicros: 0,
    sendMicros: 0,
    receiveMicros: 0,
    flags: 0,
    price: new MantissaCell(),
    quantity: new MantissaCell(),
    aggressor: 0,
    kind: TradeKind.Regular,
  };
  readonly #bar: BarFields = createBarFields();
  readonly #text = new TextDecoder();

  constructor(private readonly options: FrameDecoderOptions) {
    this.walker = new TradeWalker(options.table);
  }

  /** @param receiveMicros when the frame was read, microseconds since 1970 */
  decode(frame: Uint8Array, receiveMicros: number): void {
    const trade = this.trade;
    if (this.walker.walk(frame, trade)) {
      trade.receiveMicros = receiveMicros;
      this.#publishTrade(this.walker.feed!, trade);
    } else {
      this.decodeGeneral(frame, receiveMicros);
    }
  }

  /** The same through `JSON.parse`: for frames of unusual shape, and to check {@link decode} against in tests. */
  decodeGeneral(frame: Uint8Array, receiveMicros: number): void {
    let record: JsonObject | undefined;
    try {
      record = asObject(JSON.parse(this.#text.decode(frame)));
    } catch {
      this.#reject("not-json", `a frame of ${frame.length} bytes is not JSON`);
      return;
    }
    if (!record) {
      this.#reject("unexpected", "a frame is JSON but not an object");
      return;
    }
    const reply = readControlReply(record);
    if (reply) this.options.onReply(reply);
    else this.#decodeRecord(unwrap(record), receiveMicros);
  }

  #decodeRecord(record: JsonObject, receiveMicros: number): void {
    try {
      const event = readText(record, "e");
      if (event === "trade" || event === "aggTrade") {
        this.#decodeTrade(record, event === "aggTrade", receiveMicros);
      } else if (event === "kline") {
        this.#decodeBar(record, receiveMicros);
      } else if (event === "serverShutdown") {
        this.options.onServerShutdown();
      } else {
        throw new Unusable(
          "unexpected",
          `no stream of kind ${JSON.stringify(event.slice(0, 40))} was asked for`,
        );
      }
    } catch (error) {
      if (!(error instanceof Unusable)) throw error;
      const symbol = typeof record.s === "string" ? record.s.slice(0, 40) : undefined;
      this.#reject(error.reason, describe(record.e, error.message), symbol);
    }
  }

  #decodeTrade(record: JsonObject, aggregate: boolean, receiveMicros: number): void {
    const trade = this.trade;
    this.options.counters.fallbackCount++;
    const feed = this.#feedOf(record);
    trade.instrumentId = feed.instrumentId;
    trade.receiveMicros = receiveMicros;
    if (readTrade(record, aggregate, trade) === "trade") {
      this.#publishTrade(feed, trade);
    } else if (feed.trades.active) {
      this.options.counters.zeroPriceCount++;
      this.#followIds(feed, trade.tradeId);
    }
  }

  #decodeBar(record: JsonObject, receiveMicros: number): void {
    const { counters, sink } = this.options;
    const feed = this.#feedOf(record);
    const bar = this.#bar;
    readBar(record, feed.instrument.priceScale, feed.instrument.quantityScale, bar);
    bar.instrumentId = feed.instrumentId;
    bar.receiveMicros = receiveMicros;
    const barFeed = feed.bars.get(bar.resolution);
    if (!barFeed?.active) {
      counters.unsubscribedCount++;
      return;
    }
    barFeed.lastMicros = receiveMicros;
    counters.barCount++;
    sink.bar(bar);
  }

  #publishTrade(feed: InstrumentFeed, trade: TradeFields): void {
    const { counters, sink } = this.options;
    if (!feed.trades.active) {
      counters.unsubscribedCount++;
      return;
    }
    this.#followIds(feed, trade.tradeId);
    feed.trades.lastMicros = trade.receiveMicros;
    counters.tradeCount++;
    sink.trade(trade);
  }

  /** Ids of one stream are consecutive, so a jump means lost frames. The first one of a connection starts anew. */
  #followIds(feed: InstrumentFeed, tradeId: number): void {
    const { trades } = feed;
    const expectedId = trades.lastTradeId + 1;
    if (tradeId !== expectedId && trades.lastTradeId !== 0) {
      trades.idJumpCount++;
      this.options.onIdJump(feed, expectedId, tradeId);
    }
    trades.lastTradeId = tradeId;
  }

  #feedOf(record: JsonObject): InstrumentFeed {
    const symbol = readText(record, "s");
    const feed = this.options.table.find(symbol);
    if (!feed)
      throw new Unusable("unknown-symbol", `${JSON.stringify(symbol.slice(0, 40))} was never subscribed`);
    return feed;
  }

  #reject(reason: RejectReason, detail: string, symbol?: string): void {
    this.options.counters.rejectedCount++;
    this.options.sink.rejected({ reason, detail, symbol });
  }
}

/** The payload of `{"stream":…,"data":{…}}`, or the record itself on a raw stream. */
function unwrap(record: JsonObject): JsonObject {
  return Object.hasOwn(record, "stream") ? (asObject(record.data) ?? record) : record;
}

function describe(event: unknown, what: string): string {
  return typeof event === "string" ? `${event.slice(0, 40)}: ${what}` : what;
}
