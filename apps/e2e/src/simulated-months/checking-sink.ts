import { DataType as Data, type DataType, dataTypeName, FeedState, type MantissaCell } from "@ims/common";
import type { InProcessVenue } from "@ims/exchange-simulator";
import { BarCheck } from "./bar-check.js";
import { BookCheck } from "./book-check.js";
import { FeedWatch } from "./feed-watch.js";
import type { RunReport } from "./report.js";
import type {
  BarRecord,
  BookRecord,
  GapRecord,
  InstrumentOf,
  RecordHead,
  Sink,
  StatusRecord,
  TopRecord,
  TradeRecord,
} from "./sink-types.js";
import type { SkippingClock } from "./skipping-clock.js";
import { type Scales, TradeCheck, unitsOf } from "./trade-check.js";

interface SymbolChecks {
  readonly symbol: string;
  readonly scales: Scales;
  trades: TradeCheck | undefined;
  readonly endedTrades: TradeCheck[];
  readonly book: BookCheck;
  readonly bars: Map<number, BarCheck>;
  readonly feeds: Map<number, FeedWatch>;
  top: { readonly updateId: number; readonly bid: string; readonly ask: string } | undefined;
}

/** The sink of one run: checks each record at once, or keeps what is needed to compare it with the truth later. */
export class CheckingSink implements Sink {
  accepting = true;
  closed = false;
  recordCount = 0;
  rejectedCount = 0;
  readonly #symbols: SymbolChecks[] = [];
  readonly #ids = new Map<string, number>();
  #resume: (() => void)[] = [];

  constructor(
    private readonly venue: InProcessVenue,
    private readonly clock: SkippingClock,
    private readonly report: RunReport,
    private readonly options: {
      readonly isAggregate: boolean;
      readonly interval: string;
      /** Of the venue's truth, by symbol. */
      readonly scales: ReadonlyMap<string, Scales>;
    },
  ) {}

  get symbols(): readonly SymbolChecks[] {
    return this.#symbols.slice(1);
  }

  register(instrument: InstrumentOf): number {
    const { symbol } = instrument;
    const known = this.#ids.get(symbol);
    if (known !== undefined) return known;
    const id = this.#ids.size + 1;
    this.#ids.set(symbol, id);
    this.#symbols[id] = {
      symbol,
      scales: this.options.scales.get(symbol)!,
      trades: undefined,
      endedTrades: [],
      book: new BookCheck(symbol, this.venue, this.report),
      bars: new Map(),
      feeds: new Map(),
      top: undefined,
    };
    return id;
  }

  trade(trade: TradeRecord): void {
    const checks = this.#seen(trade, Data.Trade);
    checks.trades ??= new TradeCheck(
      checks.symbol,
      this.venue,
      this.options.isAggregate,
      checks.scales,
      this.report,
    );
    checks.trades.offer(trade);
  }

  bar(bar: BarRecord): void {
    const checks = this.#seen(bar, Data.Bar);
    this.#bars(checks, bar.resolution).offer(bar);
  }

  topOfBook(top: TopRecord): void {
    const checks = this.#seen(top, Data.TopOfBook);
    checks.top = undefined;
    if (top.updateId === 0 || !top.hasBid || !top.hasAsk) return;
    const { priceScale, quantityScale } = checks.scales;
    const text = (price: MantissaCell, quantity: MantissaCell) =>
      `${unitsOf(price, priceScale)} ${unitsOf(quantity, quantityScale)}`;
    checks.top = {
      updateId: top.updateId,
      bid: text(top.bidPrice, top.bidQuantity),
      ask: text(top.askPrice, top.askQuantity),
    };
  }

  bookSnapshot(book: BookRecord): void {
    const checks = this.#checksOf(book);
    this.recordCount++;
    checks.book.snapshot(book);
    this.#feed(checks, Data.Book).held();
  }

  bookDelta(book: BookRecord): void {
    this.#seen(book, Data.Book).book.delta(book);
  }

  orderSnapshot(): void {
    throw new Error("the venue does not stream single orders");
  }

  order(): void {
    throw new Error("the venue does not stream single orders");
  }

  markPrice(price: RecordHead): void {
    this.#seen(price, Data.MarkPrice);
  }

  liquidation(liquidation: RecordHead): void {
    this.#seen(liquidation, Data.Liquidation);
  }

  optionTicker(option: RecordHead): void {
    this.#seen(option, Data.OptionTicker);
  }

  ticker(ticker: RecordHead): void {
    this.#seen(ticker, Data.Ticker);
  }

  gap(gap: GapRecord): void {
    const checks = this.#checksOf(gap);
    const { dataType, fromId, reason, resolution, toId } = gap;
    this.report.note(`${checks.symbol} ${dataTypeName(dataType)} Gap ${fromId}..${toId}, reason ${reason}`);
    if (dataType === Data.Trade) checks.trades?.gap(gap);
    else if (dataType === Data.Bar) this.#bars(checks, resolution).gap(gap);
    else if (dataType === Data.Book) checks.book.clear();
  }

  feedStatus(status: StatusRecord): void {
    const checks = this.#checksOf(status);
    const { dataType, state, text } = status;
    const isUsual = dataType === Data.Book && (state === FeedState.Live || state === FeedState.Quiet);
    if (!isUsual) this.report.note(`${checks.symbol} ${dataTypeName(dataType)} is ${state}: ${text}`);
    if (state === FeedState.Stopped) {
      checks.feeds.delete(dataType);
      if (dataType === Data.Trade && checks.trades) {
        checks.endedTrades.push(checks.trades);
        checks.trades = undefined;
      } else if (dataType === Data.Book) checks.book.clear();
      else if (dataType === Data.Bar) checks.bars.clear();
      return;
    }
    this.#feed(checks, dataType).status(status);
  }

  instrument(instrument: InstrumentOf): void {
    this.report.note(`${instrument.symbol} is ${instrument.status}`);
  }

  rejected(): void {
    this.rejectedCount++;
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

  #seen(record: RecordHead, dataType: DataType): SymbolChecks {
    this.recordCount++;
    const checks = this.#checksOf(record);
    this.#feed(checks, dataType).record();
    return checks;
  }

  #checksOf({ instrumentId }: Pick<RecordHead, "instrumentId">): SymbolChecks {
    if (this.closed) this.report.violation("the sink was called after the shutdown");
    const checks = this.#symbols[instrumentId];
    if (!checks) throw new Error(`no instrument has the number ${instrumentId}`);
    return checks;
  }

  #feed(checks: SymbolChecks, dataType: DataType): FeedWatch {
    let feed = checks.feeds.get(dataType);
    if (!feed) {
      feed = new FeedWatch(checks.symbol, dataType, this.clock, this.report);
      checks.feeds.set(dataType, feed);
    }
    return feed;
  }

  #bars(checks: SymbolChecks, resolution: number): BarCheck {
    let bars = checks.bars.get(resolution);
    if (!bars) {
      bars = new BarCheck(checks.symbol, this.options.interval, this.venue, this.report);
      checks.bars.set(resolution, bars);
    }
    return bars;
  }
}
