import type { BitstampPair } from "./bitstamp-pairs.js";
import type { BookPart, PairTrade } from "./pair-market.js";

/** Removed levels carry zeros of this scale, whatever the pair's is (bitstamp.md section 3.3). */
const REMOVED = "0.00000000";
const EXPONENT_SCALE = 8;

/** Units of an instrument as the venue prints them. */
export function printUnits(units: number, scale: number): string {
  if (scale === 0) return String(units);
  const digits = String(units).padStart(scale + 1, "0");
  return `${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

/** As the venue's own library prints the smallest amounts: `1E-8`. */
export function printAmount(units: number, scale: number): string {
  return scale === EXPONENT_SCALE && units < 10 ? `${units}E-${scale}` : printUnits(units, scale);
}

/** One line of control. */
export function controlFrame(event: string, channel: string, data: unknown): string {
  return JSON.stringify({ event, channel, data });
}

export function tradeFrame({ instrument }: BitstampPair, trade: PairTrade): string {
  const price = printUnits(trade.price, instrument.priceScale);
  const amount = printAmount(trade.quantity, instrument.quantityScale);
  const data = {
    id: trade.tradeId,
    timestamp: String(Math.floor(trade.micros / 1e6)),
    amount: Number(amount),
    amount_str: amount,
    price: Number(price),
    price_str: price,
    type: trade.isSell ? 1 : 0,
    microtimestamp: String(trade.micros),
    buy_order_id: trade.buyOrderId,
    sell_order_id: trade.sellOrderId,
  };
  return JSON.stringify({ data, channel: `live_trades_${instrument.symbol}`, event: "trade" });
}

/** A row of `/transactions/`. */
export function tradeRow({ instrument }: BitstampPair, trade: PairTrade): object {
  return {
    date: String(Math.floor(trade.micros / 1e6)),
    tid: String(trade.tradeId),
    price: printUnits(trade.price, instrument.priceScale),
    type: trade.isSell ? "1" : "0",
    amount: printUnits(trade.quantity, instrument.quantityScale),
  };
}

/** A book as the venue prints it. */
export interface PrintedBook {
  readonly timestamp: string;
  readonly microtimestamp: string;
  readonly bids: string[][];
  readonly asks: string[][];
}

/** The body of `/order_book/`, and the `data` of book frames. */
export function bookBody(
  { instrument }: BitstampPair,
  book: BookPart,
  depth = Number.POSITIVE_INFINITY,
): PrintedBook {
  const { priceScale, quantityScale } = instrument;
  const print = (levels: BookPart["bids"]) =>
    levels
      .slice(0, depth)
      .map(([price, quantity]) => [
        printUnits(price, priceScale),
        quantity === 0 ? REMOVED : printUnits(quantity, quantityScale),
      ]);
  return {
    timestamp: String(Math.floor(book.micros / 1e6)),
    microtimestamp: String(book.micros),
    bids: print(book.bids),
    asks: print(book.asks),
  };
}

export function bookFrame(channel: string, body: object): string {
  return JSON.stringify({ data: body, channel, event: "data" });
}

export function fundingFrame({ instrument }: BitstampPair, mid: number, nowMicros: number): string {
  const seconds = Math.floor(nowMicros / 1e6);
  const price = mid / 10 ** instrument.priceScale;
  const data = {
    market: instrument.symbol,
    mark_price: price.toFixed(8),
    // With the noise of floats, as recorded.
    index_price: `${(price * 0.9999).toFixed(3)}00000002`,
    funding_rate: "0.0001",
    timestamp: String(seconds),
    next_funding_time: String((Math.floor(seconds / 28_800) + 1) * 28_800),
  };
  return JSON.stringify({ data, channel: `funding_rate_${instrument.symbol}`, event: "funding_rate_saved" });
}
