import type { Decimal } from "@ims/common";
import type { TopOfBookMessage } from "../../records/book-message.js";
import type {
  LiquidationMessage,
  MarkPriceMessage,
  OptionTickerMessage,
  TickerMessage,
} from "../../records/derivative-message.js";
import type { GapMessage } from "../../records/feed-message.js";
import type { BarMessage, TradeMessage } from "../../records/market-message.js";
import { DecimalColumn, printable, TextColumn, timeText } from "./columns.js";
import type { MessageColumn } from "./message-printer.js";

const GREEN = "\u001b[32m";
const RED = "\u001b[31m";
const PLAIN = "\u001b[39m";
const SIDES = { buyer: "buy", seller: "sell", unknown: "-" } as const;
const NONE = "-";
const TIME_WIDTH = 23;

/** Paints a text that stands for buying or selling; not at all where colours are unwanted. */
export type Paint = (text: string, side: "buy" | "sell" | "unknown") => string;

/** @param isColoured whether the output takes colours */
export function sidePaint(isColoured: boolean): Paint {
  return (text, side) =>
    isColoured && side !== "unknown" ? `${side === "buy" ? GREEN : RED}${text}${PLAIN}` : text;
}

export function tradeColumns(paint: Paint): readonly MessageColumn<TradeMessage>[] {
  return [
    eventTime(),
    symbol(),
    decimal("PRICE", 6, 4, (trade) => trade.price),
    decimal("QUANTITY", 5, 5, (trade) => trade.quantity),
    {
      header: "SIDE",
      cell: ({ aggressor }) =>
        paint(
          SIDES[aggressor].padEnd(4),
          aggressor === "buyer" ? "buy" : aggressor === "seller" ? "sell" : "unknown",
        ),
    },
    {
      header: "TRADE ID",
      cell: ({ kind, tradeId }) => (kind === "regular" ? String(tradeId) : `${tradeId} (${kind})`),
    },
  ];
}

/** One line per update, so a forming bar appears as often as the venue sends it. */
export function barColumns(): readonly MessageColumn<BarMessage>[] {
  return [
    {
      header: "OPEN TIME (UTC)".padEnd(19),
      cell: ({ openMicros }) => timeText(openMicros).slice(0, 19),
    },
    symbol(),
    { header: "BAR", cell: ({ resolution }) => resolution.padEnd(3) },
    decimal("OPEN", 6, 4, (bar) => bar.open),
    decimal("HIGH", 6, 4, (bar) => bar.high),
    decimal("LOW", 6, 4, (bar) => bar.low),
    decimal("CLOSE", 6, 4, (bar) => bar.close),
    decimal("VOLUME", 6, 5, (bar) => bar.volume),
    text("TRADES", 7, (bar) => String(bar.tradeCount), "right"),
    { header: "STATE", cell: ({ state }) => state },
  ];
}

export function topOfBookColumns(): readonly MessageColumn<TopOfBookMessage>[] {
  return [
    eventTime(),
    symbol(),
    decimal("BID QUANTITY", 5, 5, (top) => top.bid?.quantity ?? null),
    decimal("BID", 6, 4, (top) => top.bid?.price ?? null),
    decimal("ASK", 6, 4, (top) => top.ask?.price ?? null),
    decimal("ASK QUANTITY", 5, 5, (top) => top.ask?.quantity ?? null),
    decimal("SPREAD", 2, 4, ({ bid, ask }) => (bid && ask ? ask.price.subtract(bid.price) : null)),
  ];
}

export function markPriceColumns(): readonly MessageColumn<MarkPriceMessage>[] {
  return [
    eventTime(),
    symbol(),
    decimal("MARK", 6, 8, (mark) => mark.markPrice),
    decimal("INDEX", 6, 8, (mark) => mark.indexPrice),
    decimal("FUNDING RATE", 2, 8, (mark) => mark.fundingRate),
    {
      header: "NEXT FUNDING (UTC)",
      cell: ({ nextFundingMicros }) =>
        nextFundingMicros === null ? NONE : timeText(nextFundingMicros).slice(0, 19),
    },
  ];
}

export function liquidationColumns(paint: Paint): readonly MessageColumn<LiquidationMessage>[] {
  return [
    eventTime(),
    symbol(),
    { header: "SIDE", cell: ({ side }) => paint((side === "unknown" ? NONE : side).padEnd(4), side) },
    decimal("PRICE", 6, 4, (order) => order.price),
    decimal("AVERAGE", 6, 4, (order) => order.averagePrice),
    decimal("QUANTITY", 5, 5, (order) => order.quantity),
    decimal("FILLED", 5, 5, (order) => order.filledQuantity),
    { header: "STATUS", cell: ({ status }) => status },
  ];
}

export function optionTickerColumns(): readonly MessageColumn<OptionTickerMessage>[] {
  return [
    eventTime(),
    text("SYMBOL", 20, (option) => option.symbol),
    decimal("BID", 3, 4, ({ bid }) => bid?.price ?? null),
    decimal("ASK", 3, 4, ({ ask }) => ask?.price ?? null),
    decimal("MARK", 3, 4, (option) => option.markPrice),
    text("IV", 6, ({ markIv }) => modelText(markIv, 2), "right"),
    text("DELTA", 8, ({ delta }) => modelText(delta, 5), "right"),
    text("GAMMA", 8, ({ gamma }) => modelText(gamma, 5), "right"),
    text("THETA", 9, ({ theta }) => modelText(theta, 3), "right"),
    text("VEGA", 8, ({ vega }) => modelText(vega, 3), "right"),
    decimal("UNDERLYING", 6, 2, (option) => option.underlyingPrice),
    decimal("OPEN INTEREST", 6, 1, (option) => option.openInterest),
  ];
}

/** A model output, rounded for people. */
function modelText(value: number | null, digits: number): string {
  return value === null ? NONE : value.toFixed(digits);
}

export function tickerColumns(): readonly MessageColumn<TickerMessage>[] {
  return [
    eventTime(),
    symbol(),
    decimal("LAST", 6, 4, (ticker) => ticker.last),
    decimal("OPEN", 6, 4, (ticker) => ticker.open),
    decimal("HIGH", 6, 4, (ticker) => ticker.high),
    decimal("LOW", 6, 4, (ticker) => ticker.low),
    decimal("VOLUME", 8, 5, (ticker) => ticker.volume),
    text("TRADES", 7, ({ tradeCount }) => (tradeCount === null ? NONE : String(tradeCount)), "right"),
  ];
}

export function gapColumns(): readonly MessageColumn<GapMessage>[] {
  return [
    { header: "TOLD (UTC)".padEnd(TIME_WIDTH), cell: ({ publishMicros }) => timeText(publishMicros) },
    symbol(),
    text("DATA", 11, ({ data, resolution }) => (resolution === null ? data : `${data} ${resolution}`)),
    text("REASON", 17, ({ reason }) => reason),
    text("MISSING", 7, ({ missingCount }) => (missingCount === null ? "?" : String(missingCount)), "right"),
    text("FILLED", 6, ({ filledCount }) => String(filledCount), "right"),
    { header: "FROM .. TO", cell: rangeText },
  ];
}

/** By ids where the data has them, else by times. */
function rangeText({ fromId, toId, fromMicros, toMicros }: GapMessage): string {
  if (fromId !== null || toId !== null) return `${fromId ?? "?"} .. ${toId ?? "?"}`;
  const time = (micros: number | null) => (micros === null ? "?" : timeText(micros));
  return `${time(fromMicros)} .. ${time(toMicros)}`;
}

/** When it happened, or was received where the venue does not say. */
export function eventTime<
  Message extends { readonly eventMicros: number | null; readonly receiveMicros: number },
>(): MessageColumn<Message> {
  return {
    header: "TIME (UTC)".padEnd(TIME_WIDTH),
    cell: ({ eventMicros, receiveMicros }) => timeText(eventMicros ?? receiveMicros),
  };
}

/** The symbol. */
export function symbol<Message extends { readonly symbol: string }>(): MessageColumn<Message> {
  return text("SYMBOL", 12, (message) => message.symbol);
}

/** A column of texts of a message, its control characters taken out. */
export function text<Message>(
  title: string,
  widthMin: number,
  value: (message: Message) => string,
  align: "left" | "right" = "left",
): MessageColumn<Message> {
  const column = new TextColumn(title, align, widthMin);
  return {
    get header() {
      return column.header();
    },
    cell: (message) => column.cell(printable(value(message))),
  };
}

/** A column of exact decimals of a message. */
export function decimal<Message>(
  title: string,
  integerWidthMin: number,
  fractionWidthMin: number,
  value: (message: Message) => Decimal | null,
): MessageColumn<Message> {
  const column = new DecimalColumn(title, integerWidthMin, fractionWidthMin);
  return {
    get header() {
      return column.header();
    },
    cell: (message) => column.cell(value(message)),
  };
}
