import type { BarMessage, MarketMessage, TradeMessage } from "../../records/market-message.js";
import { DecimalColumn, line, TextColumn, timeText } from "./columns.js";

/** Turns messages into text, one line each. */
export interface MessagePrinter {
  /** Printed once before the first message; empty for none. */
  readonly header: string;
  print(message: MarketMessage): string;
}

const GREEN = "\u001b[32m";
const RED = "\u001b[31m";
const PLAIN = "\u001b[39m";
const SIDES = { buyer: "buy", seller: "sell", unknown: "-" } as const;

/** One JSON object per line: times in microseconds as numbers, prices and quantities as texts, so nothing is rounded. */
export class JsonPrinter implements MessagePrinter {
  readonly header = "";

  print(message: MarketMessage): string {
    return `${JSON.stringify(message)}\n`;
  }
}

/** Trades as aligned columns; `isColoured` paints the side. */
export class TradeTable implements MessagePrinter {
  readonly #symbol = new TextColumn("SYMBOL", "left", 12);
  readonly #price = new DecimalColumn("PRICE", 6, 4);
  readonly #quantity = new DecimalColumn("QUANTITY", 5, 5);

  constructor(private readonly isColoured: boolean) {}

  get header(): string {
    return line(
      "TIME (UTC)".padEnd(23),
      this.#symbol.header(),
      this.#price.header(),
      this.#quantity.header(),
      "SIDE",
      "TRADE ID",
    );
  }

  print(message: MarketMessage): string {
    if (message.type !== "trade") return "";
    return line(
      timeText(message.eventMicros ?? message.receiveMicros),
      this.#symbol.cell(message.symbol),
      this.#price.cell(message.price),
      this.#quantity.cell(message.quantity),
      this.#side(message),
      message.kind === "regular" ? String(message.tradeId) : `${message.tradeId} (${message.kind})`,
    );
  }

  #side({ aggressor }: TradeMessage): string {
    const text = SIDES[aggressor].padEnd(4);
    if (!this.isColoured || aggressor === "unknown") return text;
    return `${aggressor === "buyer" ? GREEN : RED}${text}${PLAIN}`;
  }
}

/** Bars as aligned columns: one line per update, so a forming bar appears as often as the venue sends it. */
export class BarTable implements MessagePrinter {
  readonly #symbol = new TextColumn("SYMBOL", "left", 12);
  readonly #open = new DecimalColumn("OPEN", 6, 4);
  readonly #high = new DecimalColumn("HIGH", 6, 4);
  readonly #low = new DecimalColumn("LOW", 6, 4);
  readonly #close = new DecimalColumn("CLOSE", 6, 4);
  readonly #volume = new DecimalColumn("VOLUME", 6, 5);
  readonly #trades = new TextColumn("TRADES", "right", 7);

  get header(): string {
    return line(
      "OPEN TIME (UTC)".padEnd(19),
      this.#symbol.header(),
      "BAR",
      ...this.#decimals.map((column) => column.header()),
      this.#trades.header(),
      "STATE",
    );
  }

  print(message: MarketMessage): string {
    if (message.type !== "bar") return "";
    return line(
      timeText(message.openMicros).slice(0, 19),
      this.#symbol.cell(message.symbol),
      message.resolution.padEnd(3),
      ...this.#values(message),
      this.#trades.cell(String(message.tradeCount)),
      message.state,
    );
  }

  get #decimals(): readonly DecimalColumn[] {
    return [this.#open, this.#high, this.#low, this.#close, this.#volume];
  }

  #values(bar: BarMessage): string[] {
    const values = [bar.open, bar.high, bar.low, bar.close, bar.volume];
    return this.#decimals.map((column, index) => column.cell(values[index]!));
  }
}
