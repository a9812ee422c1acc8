import type { Decimal } from "@ims/common";
import type { Book } from "../../records/book.js";
import type { BookLevel } from "../../records/book-message.js";
import { DecimalColumn, printable, timeText } from "./columns.js";
import { csvLine } from "./csv.js";
import type { Paint } from "./message-columns.js";

const BAR_LENGTH = 20;
const BAR = "█";

/** What stands around the levels of a book. */
export interface BookHead {
  readonly exchange: string;
  /** Microseconds of the last message: by the venue, or of its receipt; null before the first. */
  readonly micros: number | null;
}

/** A book as one JSON object of its best levels. */
export function bookAsJson(book: Book, head: BookHead, depth: number): string {
  return `${JSON.stringify({
    type: "book",
    exchange: head.exchange,
    symbol: book.symbol,
    state: book.state,
    ...(book.isValid ? {} : { reason: book.reason }),
    eventMicros: head.micros,
    lastUpdateId: book.lastUpdateId,
    bids: book.bids.slice(0, depth),
    asks: book.asks.slice(0, depth),
  })}\n`;
}

export const BOOK_CSV_HEADER = csvLine([
  "eventMicros",
  "exchange",
  "symbol",
  "state",
  "lastUpdateId",
  "side",
  "level",
  "price",
  "quantity",
]);

/** A book as a line of CSV for each of its best levels, the best of a side being level 1. */
export function bookAsCsv(book: Book, { exchange, micros }: BookHead, depth: number): string {
  const start = [
    micros === null ? "" : String(micros),
    exchange,
    book.symbol,
    book.state,
    String(book.lastUpdateId ?? ""),
  ];
  const rows = (side: string, levels: readonly BookLevel[]) =>
    levels
      .slice(0, depth)
      .map(({ price, quantity }, index) =>
        csvLine([...start, side, String(index + 1), price.toString(), quantity.toString()]),
      );
  return [...rows("bid", book.bids), ...rows("ask", book.asks)].join("");
}

/** Draws a book as a ladder: asks above bids, best prices next to one another, with bars of the quantities. */
export class Ladder {
  readonly #price = new DecimalColumn("PRICE", 6, 4);
  readonly #quantity = new DecimalColumn("QUANTITY", 5, 5);

  constructor(
    private readonly depth: number,
    private readonly paint: Paint,
  ) {}

  /** Always `2 * depth + 3` lines, so that a redrawn ladder stands still. */
  lines(book: Book, { exchange, micros }: BookHead): string[] {
    const asks = book.asks.slice(0, this.depth);
    const bids = book.bids.slice(0, this.depth);
    const largest = Math.max(...[...asks, ...bids].map(({ quantity }) => quantity.toNumber()), 0);
    const state = book.isValid ? "valid" : `${book.state}: ${book.reason}`;
    const time = micros === null ? "" : timeText(micros);
    const blank = (count: number) => Array.from({ length: count }, () => "");
    const askLines = asks.map((level) => this.#line(level, largest, "sell")).reverse();
    const bidLines = bids.map((level) => this.#line(level, largest, "buy"));
    return [
      [printable(book.symbol), exchange, time, printable(state)].filter((text) => text !== "").join("  "),
      `      ${this.#price.header()}  ${this.#quantity.header()}`.trimEnd(),
      ...blank(this.depth - asks.length),
      ...askLines,
      `spread  ${spread(asks[0], bids[0])}`,
      ...bidLines,
      ...blank(this.depth - bids.length),
    ];
  }

  #line({ price, quantity }: BookLevel, largest: number, side: "buy" | "sell"): string {
    const name = side === "sell" ? "ask " : "bid ";
    const share = largest > 0 ? quantity.toNumber() / largest : 0;
    const bar = BAR.repeat(Math.max(1, Math.round(share * BAR_LENGTH)));
    return `${this.paint(name, side)}  ${this.#price.cell(price)}  ${this.#quantity.cell(quantity)}  ${this.paint(bar, side)}`;
  }
}

function spread(ask: BookLevel | undefined, bid: BookLevel | undefined): Decimal | string {
  return ask && bid ? ask.price.subtract(bid.price) : "-";
}
