import type { Instrument, TimeResolution } from "@ims/common";
import { DataType, ExchangeId, TIME_RESOLUTION_TEXTS, timeResolutionOf } from "@ims/common";
import type { ControlReply } from "@ims/integration-kit";
import type {
  BarFields,
  BookFields,
  LiquidationFields,
  MarkPriceFields,
  RejectedFrame,
  TickerFields,
  TopOfBookFields,
  TradeFields,
} from "@ims/traits";
import type { ContractInfo } from "../common/decode/contract-info.js";
import { createFeedCounters } from "../common/decode/feed-counters.js";
import { FeedTable } from "../common/decode/feed-table.js";
import { FrameDecoder, type FrameDecoderOptions } from "../common/decode/frame-decoder.js";
import { InstrumentFeed } from "../common/decode/instrument-feed.js";
import { StreamFrameDecoder } from "../common/stream-frames/stream-frame-decoder.js";
import {
  copyBook,
  copyTop,
  copyTrade,
  RecordingSink,
  type SeenBook,
  type SeenTop,
  type SeenTrade,
} from "./recording-sink.js";

export type SinkCall =
  | { readonly trade: SeenTrade }
  | { readonly bar: BarFields }
  | { readonly top: SeenTop }
  | { readonly depth: SeenBook }
  | { readonly partialDepth: SeenBook }
  | { readonly markPrice: MarkPriceFields }
  | { readonly liquidation: LiquidationFields }
  | { readonly ticker: TickerFields }
  | { readonly contract: ContractInfo }
  | { readonly rejected: RejectedFrame }
  | { readonly reply: ControlReply }
  | { readonly shutdown: true };

/** An instrument of which only the name matters. */
export function instrumentNamed(symbol: string): Instrument {
  return {
    exchange: ExchangeId.BinanceSpot,
    symbol,
    base: "BASE",
    quote: "QUOTE",
    settle: "QUOTE",
    kind: "spot",
    status: "trading",
    priceScale: 2,
    quantityScale: 5,
    priceIncrement: "0.01",
    quantityIncrement: "0.00001",
  };
}

/** Keeps the order of calls across the kinds of records. */
class ListingSink extends RecordingSink {
  constructor(private readonly calls: SinkCall[]) {
    super();
  }

  override trade(trade: TradeFields): void {
    this.calls.push({ trade: copyTrade(trade) });
  }

  override bar(bar: BarFields): void {
    this.calls.push({ bar: { ...bar } });
  }

  override topOfBook(top: TopOfBookFields): void {
    this.calls.push({ top: copyTop(top) });
  }

  override bookSnapshot(book: BookFields): void {
    this.calls.push({ partialDepth: copyBook(book) });
  }

  override markPrice(markPrice: MarkPriceFields): void {
    this.calls.push({ markPrice: { ...markPrice } });
  }

  override liquidation(liquidation: LiquidationFields): void {
    this.calls.push({ liquidation: { ...liquidation } });
  }

  override ticker(ticker: TickerFields): void {
    this.calls.push({ ticker: { ...ticker } });
  }

  override rejected(rejected: RejectedFrame): void {
    this.calls.push({ rejected });
  }
}

/** A decoder with everything subscribed for the given symbols, whose calls are listed. */
export class DecoderBench {
  readonly calls: SinkCall[] = [];
  readonly idJumps: string[] = [];
  readonly counters = createFeedCounters();
  readonly table = new FeedTable();
  readonly decoder: FrameDecoder;
  readonly streamDecoder: StreamFrameDecoder;
  #instrumentId = 1;

  /** @param product the market's `st`, if it has one */
  constructor(symbols: readonly string[], product?: number) {
    for (const symbol of symbols) this.subscribe(symbol);
    const sink = new ListingSink(this.calls);
    const options: FrameDecoderOptions = {
      table: this.table,
      sink,
      counters: this.counters,
      ...(product !== undefined && { product }),
      depthListener: { depth: (_, change) => this.calls.push({ depth: copyBook(change) }) },
      onContractInfo: (contract) => this.calls.push({ contract }),
      onReply: (reply) => this.calls.push({ reply }),
      onServerShutdown: () => this.calls.push({ shutdown: true }),
      onIdJump: (feed, expectedId, tradeId) =>
        this.idJumps.push(`${feed.instrument.symbol} ${expectedId} ${tradeId}`),
    };
    this.decoder = new FrameDecoder(options);
    this.streamDecoder = new StreamFrameDecoder(options);
  }

  subscribe(symbol: string, instrument = instrumentNamed(symbol)): InstrumentFeed {
    const known = this.table.find(symbol);
    if (known) return known;
    const feed = new InstrumentFeed(instrument, this.#instrumentId++);
    for (const dataType of Object.values(DataType)) {
      const data = feed.of(dataType);
      if (data) data.active = true;
    }
    feed.partialBook.active = true;
    for (const text of TIME_RESOLUTION_TEXTS) {
      feed.bars.set(timeResolutionOf(text) as TimeResolution, { active: true, lastMicros: 0 });
    }
    this.table.add(feed);
    return feed;
  }

  /** What the frame led to, through the byte walk where it applies. */
  decode(frame: Uint8Array | string, receiveMicros = 1): SinkCall[] {
    this.decoder.decode(typeof frame === "string" ? Buffer.from(frame) : frame, receiveMicros);
    return this.calls.splice(0);
  }

  /** What the frame leads to through the general parser alone. */
  decodeGeneral(frame: Uint8Array | string, receiveMicros = 1): SinkCall[] {
    this.decoder.decodeGeneral(typeof frame === "string" ? Buffer.from(frame) : frame, receiveMicros);
    return this.calls.splice(0);
  }

  /** What a frame of a connection with binary streams led to. */
  decodeStream(frame: Uint8Array | string, receiveMicros = 1): SinkCall[] {
    this.streamDecoder.decode(typeof frame === "string" ? Buffer.from(frame) : frame, receiveMicros);
    return this.calls.splice(0);
  }
}
