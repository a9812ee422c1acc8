import { Decimal } from "@ims/common";
import { DecimalColumn, printable, TextColumn } from "../output/columns.js";
import { csvLine } from "../output/csv.js";
import type { Paint } from "../output/message-columns.js";
import type { LevelMessage, SummaryMessage } from "./book-proto-types.js";

const PLAIN = "\u001b[39m";
/** Cyan, yellow, magenta, blue, bright green, bright red. */
const VENUE_COLOURS = [36, 33, 35, 34, 92, 91].map((code) => `\u001b[${code}m`);

/** A level with exact decimals. */
interface Level {
  readonly venue: string;
  readonly price: Decimal;
  readonly quantity: Decimal;
}

/** A merged book as one JSON object, prices and quantities as exact texts. */
export function mergedAsJson(summary: SummaryMessage): string {
  const { spread, mid } = figuresOf(summary);
  const venues = summary.venues.map(({ venue, state, reason, ageMillis, filteredLevels }) => ({
    venue,
    state: state.toLowerCase(),
    ...(reason && { reason }),
    ageMillis: ageMillis === undefined ? null : Number(ageMillis),
    filteredLevels: Number(filteredLevels),
  }));
  return `${JSON.stringify({
    type: "merged-book",
    symbol: summary.symbol,
    spread,
    mid,
    crossed: summary.crossed,
    locked: summary.locked,
    conflated: Number(summary.conflated),
    venues,
    bids: levelsOf(summary, summary.bids),
    asks: levelsOf(summary, summary.asks),
  })}\n`;
}

export const MERGED_CSV_HEADER = csvLine([
  "symbol",
  "version",
  "side",
  "level",
  "venue",
  "price",
  "quantity",
]);

/** A merged book as a line of CSV for each level. */
export function mergedAsCsv(summary: SummaryMessage): string {
  const rows = (side: string, levels: readonly LevelMessage[]) =>
    levelsOf(summary, levels).map(({ venue, price, quantity }, index) =>
      csvLine([
        summary.symbol,
        summary.version,
        side,
        String(index + 1),
        venue,
        price.toString(),
        quantity.toString(),
      ]),
    );
  return [...rows("bid", summary.bids), ...rows("ask", summary.asks)].join("");
}

/** Draws a merged book: asks above bids, each level with its venue, and a line for each venue below. */
export class MergedLadder {
  readonly #price = new DecimalColumn("PRICE", 6, 4);
  readonly #quantity = new DecimalColumn("QUANTITY", 5, 5);
  readonly #venue = new TextColumn("VENUE");

  constructor(
    private readonly depth: number,
    private readonly paint: Paint,
    private readonly isColoured: boolean,
  ) {}

  lines(summary: SummaryMessage): string[] {
    const { spread, mid } = figuresOf(summary);
    const asks = levelsOf(summary, summary.asks).slice(0, this.depth);
    const bids = levelsOf(summary, summary.bids).slice(0, this.depth);
    const blank = (count: number) => Array.from({ length: count }, () => "");
    const names = summary.venues.map(({ venue }) => venue);
    // Columns grow with what they have seen: all of it first, so that no line of a book stands beside the others.
    for (const { venue, price, quantity } of [...asks, ...bids]) {
      this.#price.cell(price);
      this.#quantity.cell(quantity);
      this.#venue.cell(printable(venue));
    }
    const askLines = asks.map((level) => this.#line(level, "sell", names)).reverse();
    const bidLines = bids.map((level) => this.#line(level, "buy", names));
    const flag = summary.crossed ? "  CROSSED" : summary.locked ? "  LOCKED" : "";
    return [
      `${printable(summary.symbol)}  merged of ${names.length} ${names.length === 1 ? "venue" : "venues"}`,
      `      ${this.#price.header()}  ${this.#quantity.header()}  ${this.#venue.header()}`.trimEnd(),
      ...blank(this.depth - asks.length),
      ...askLines,
      `spread  ${spread ?? "-"}  mid  ${mid ?? "-"}${flag}`,
      ...bidLines,
      ...blank(this.depth - bids.length),
      ...summary.venues.map((_, index) => this.#venueLine(summary, index)),
    ];
  }

  #line({ venue, price, quantity }: Level, side: "buy" | "sell", names: readonly string[]): string {
    const name = this.paint(side === "sell" ? "ask " : "bid ", side);
    const text = this.#tint(this.#venue.cell(printable(venue)), names.indexOf(venue));
    return `${name}  ${this.#price.cell(price)}  ${this.#quantity.cell(quantity)}  ${text}`.trimEnd();
  }

  #venueLine({ venues }: SummaryMessage, index: number): string {
    const { venue, state, reason, ageMillis, filteredLevels } = venues[index]!;
    const age = ageMillis === undefined ? "" : `  heard ${(Number(ageMillis) / 1000).toFixed(1)} s ago`;
    const why = reason === "" ? "" : `: ${printable(reason)}`;
    const filtered = filteredLevels === "0" ? "" : `  ${filteredLevels} levels filtered`;
    const name = this.#tint(this.#venue.cell(printable(venue)), index);
    return `${name}  ${state.toLowerCase()}${why}${age}${filtered}`;
  }

  #tint(text: string, venue: number): string {
    if (!this.isColoured || venue < 0) return text;
    return `${VENUE_COLOURS[venue % VENUE_COLOURS.length]}${text}${PLAIN}`;
  }
}

function figuresOf({ spread, mid, priceScale, midScale }: SummaryMessage) {
  return {
    spread: spread === undefined ? null : Decimal.of(BigInt(spread), priceScale),
    mid: mid === undefined ? null : Decimal.of(BigInt(mid), midScale),
  };
}

function levelsOf(summary: SummaryMessage, levels: readonly LevelMessage[]): Level[] {
  return levels.map(({ venue, price, quantity }) => ({
    venue,
    price: Decimal.of(BigInt(price), summary.priceScale),
    quantity: Decimal.of(BigInt(quantity), summary.quantityScale),
  }));
}
