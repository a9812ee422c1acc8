import { BookLevels, MantissaCell } from "@ims/common";
import { CollectingSink } from "@ims/testkit";
import type {
  BarFields,
  BookFields,
  GapFields,
  MarkPriceFields,
  OptionTickerFields,
  TickerFields,
  TopOfBookFields,
  TradeFields,
} from "@ims/traits";

/** Keeps copies of what the suite's sink only counts. */
export class KeepingSink extends CollectingSink {
  readonly bars: BarFields[] = [];
  readonly markPrices: MarkPriceFields[] = [];
  readonly kinds: number[] = [];
  /** All that came, in order: the kind of each and all of its fields. */
  readonly records: (readonly [kind: string, fields: object])[] = [];

  override bar(bar: BarFields): void {
    super.bar(bar);
    this.bars.push({ ...bar });
  }

  override markPrice(price: MarkPriceFields): void {
    super.markPrice(price);
    this.markPrices.push({ ...price });
    this.#keep("mark price", price);
  }

  override trade(trade: TradeFields): void {
    super.trade(trade);
    this.kinds.push(trade.kind);
    this.#keep("trade", trade);
  }

  override topOfBook(top: TopOfBookFields): void {
    super.topOfBook(top);
    this.#keep("top of book", top);
  }

  override bookSnapshot(book: BookFields): void {
    super.bookSnapshot(book);
    this.#keep("book", book);
  }

  override bookDelta(book: BookFields): void {
    super.bookDelta(book);
    this.#keep("change of a book", book);
  }

  override ticker(ticker: TickerFields): void {
    super.ticker(ticker);
    this.#keep("ticker", ticker);
  }

  override optionTicker(ticker: OptionTickerFields): void {
    super.optionTicker(ticker);
    this.#keep("option ticker", ticker);
  }

  override gap(gap: GapFields): void {
    super.gap(gap);
    this.#keep("gap", gap);
  }

  #keep(kind: string, fields: object): void {
    const values = Object.entries(fields).map(([key, value]) => [key, plain(value)]);
    this.records.push([kind, Object.fromEntries(values) as object]);
  }
}

function plain(value: unknown): unknown {
  if (value instanceof MantissaCell) return [value.toBigInt(), value.scale];
  if (!(value instanceof BookLevels)) return value;
  return Array.from({ length: value.count }, (_, at) => [value.price(at), value.quantity(at)]);
}
