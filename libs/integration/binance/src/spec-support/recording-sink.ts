import type { BookLevels, Instrument } from "@ims/common";
import type {
  BarFields,
  BookFields,
  FeedStatusFields,
  GapFields,
  LiquidationFields,
  MarketDataSink,
  MarkPriceFields,
  OptionTickerFields,
  RejectedFrame,
  TickerFields,
  TopOfBookFields,
  TradeFields,
} from "@ims/traits";
import { EventQueue } from "./event-queue.js";

/** A trade as it was at the call; the fields themselves are reused. */
export interface SeenTrade extends Omit<TradeFields, "price" | "quantity"> {
  readonly price: readonly [mantissa: bigint, scale: number];
  readonly quantity: readonly [mantissa: bigint, scale: number];
}

/** A mantissa and its scale. */
export type SeenDecimal = readonly [mantissa: bigint, scale: number];

/** Best bid and ask as they were at the call. */
export interface SeenTop
  extends Omit<TopOfBookFields, "bidPrice" | "bidQuantity" | "askPrice" | "askQuantity"> {
  readonly bidPrice: SeenDecimal;
  readonly bidQuantity: SeenDecimal;
  readonly askPrice: SeenDecimal;
  readonly askQuantity: SeenDecimal;
}

/** A book or a change of one as it was at the call. */
export interface SeenBook extends Omit<BookFields, "bids" | "asks"> {
  readonly bids: readonly SeenLevel[];
  readonly asks: readonly SeenLevel[];
}

export type SeenLevel = readonly [price: bigint, quantity: bigint];

/** A sink that keeps everything, with copies, and lets a test wait for each. */
export class RecordingSink implements MarketDataSink {
  readonly registered: Instrument[] = [];
  readonly trades = new EventQueue<SeenTrade>();
  readonly bars = new EventQueue<BarFields>();
  readonly tops = new EventQueue<SeenTop>();
  readonly bookSnapshots = new EventQueue<SeenBook>();
  readonly bookDeltas = new EventQueue<SeenBook>();
  readonly markPrices = new EventQueue<MarkPriceFields>();
  readonly liquidations = new EventQueue<LiquidationFields>();
  readonly optionTickers = new EventQueue<OptionTickerFields>();
  readonly tickers = new EventQueue<TickerFields>();
  readonly gaps = new EventQueue<GapFields>();
  readonly feedStatuses = new EventQueue<FeedStatusFields>();
  readonly instruments = new EventQueue<Instrument>();
  readonly rejections = new EventQueue<RejectedFrame>();
  accepting = true;
  readonly #ids = new Map<string, number>();
  #resume: (() => void)[] = [];

  register(instrument: Instrument): number {
    this.registered.push(instrument);
    const id = this.#ids.get(instrument.symbol) ?? this.#ids.size + 1;
    this.#ids.set(instrument.symbol, id);
    return id;
  }

  trade(trade: TradeFields): void {
    this.trades.push(copyTrade(trade));
  }

  bar(bar: BarFields): void {
    this.bars.push({ ...bar });
  }

  topOfBook(top: TopOfBookFields): void {
    this.tops.push(copyTop(top));
  }

  bookSnapshot(book: BookFields): void {
    this.bookSnapshots.push(copyBook(book));
  }

  bookDelta(book: BookFields): void {
    this.bookDeltas.push(copyBook(book));
  }

  orderSnapshot(): void {
    throw new Error("the venue does not stream single orders");
  }

  order(): void {
    throw new Error("the venue does not stream single orders");
  }

  markPrice(price: MarkPriceFields): void {
    this.markPrices.push({ ...price });
  }

  liquidation(liquidation: LiquidationFields): void {
    this.liquidations.push({ ...liquidation });
  }

  optionTicker(option: OptionTickerFields): void {
    this.optionTickers.push({ ...option });
  }

  ticker(ticker: TickerFields): void {
    this.tickers.push({ ...ticker });
  }

  gap(gap: GapFields): void {
    this.gaps.push({ ...gap });
  }

  feedStatus(status: FeedStatusFields): void {
    this.feedStatuses.push({ ...status });
  }

  instrument(instrument: Instrument): void {
    this.instruments.push(instrument);
  }

  rejected(frame: RejectedFrame): void {
    this.rejections.push(frame);
  }

  whenAccepting(): Promise<void> {
    if (this.accepting) return Promise.resolve();
    return new Promise((resolve) => this.#resume.push(resolve));
  }

  /** The sink has room again. */
  accept(): void {
    this.accepting = true;
    for (const resume of this.#resume.splice(0)) resume();
  }
}

export function copyTrade(trade: TradeFields): SeenTrade {
  return {
    ...trade,
    price: [trade.price.toBigInt(), trade.price.scale],
    quantity: [trade.quantity.toBigInt(), trade.quantity.scale],
  };
}

export function copyTop(top: TopOfBookFields): SeenTop {
  return {
    ...top,
    bidPrice: [top.bidPrice.toBigInt(), top.bidPrice.scale],
    bidQuantity: [top.bidQuantity.toBigInt(), top.bidQuantity.scale],
    askPrice: [top.askPrice.toBigInt(), top.askPrice.scale],
    askQuantity: [top.askQuantity.toBigInt(), top.askQuantity.scale],
  };
}

export function copyBook(book: BookFields): SeenBook {
  return { ...book, bids: copyLevels(book.bids), asks: copyLevels(book.asks) };
}

function copyLevels(levels: BookLevels): SeenLevel[] {
  return Array.from({ length: levels.count }, (_, index) => [levels.price(index), levels.quantity(index)]);
}
