import { DataType } from "@ims/common";

/** Frames of one kind, in the shape in which the venue prints them (deribit.md section 5). */
export interface BenchFrames {
  readonly dataType: DataType;
  /** That one frame makes. */
  readonly recordCount: number;
  symbolOf(at: number): string;
  channelOf(symbol: string): string;
  /** Data in front of all others. */
  firstOf?(symbol: string): string;
  /** @param at 0 to {@link FRAMES_PER_SYMBOL} - 1; then they begin anew */
  dataOf(symbol: string, at: number): string;
  /** A key whose number of nine digits may not come twice: it grows by `step` each time that the frames begin anew. */
  readonly counted?: { readonly key: string; readonly step: number };
}

export const FRAMES_PER_SYMBOL = 10;

const future = (at: number) => `BTC-${1 + (at % 28)}DEC${26 + Math.floor(at / 28)}`;
const option = (at: number) => `BTC-25DEC26-${60_000 + at * 1000}-C`;

const SEQ_KEY = '"trade_seq":';
/** Stays a number of nine digits. */
const SEQ_FROM = 100_000_000;

const tradeOf = (symbol: string, at: number, seq: number) =>
  `{"timestamp":${1789344933994 + at},"price":${76917 + (at % 99)}.5,"amount":${845 + at}0.0,"direction":"${at % 2 ? "buy" : "sell"}","index_price":76906.67,"instrument_name":"${symbol}","trade_seq":${seq},"mark_price":76917.12,"tick_direction":0,"starbase_match_id":225046781992378368,"trade_id":"${267258393 + at}","contracts":${845 + at}.0,"starbase_timestamp":1789344933994718924}`;

const trades = (batch: number): BenchFrames => ({
  dataType: DataType.Trade,
  recordCount: batch,
  symbolOf: future,
  channelOf: (symbol) => `trades.${symbol}.100ms`,
  dataOf: (symbol, at) =>
    `[${Array.from({ length: batch }, (_, index) => tradeOf(symbol, at, SEQ_FROM + at * batch + index)).join(",")}]`,
  counted: { key: SEQ_KEY, step: FRAMES_PER_SYMBOL * batch },
});

const FIRST_ID = 118_850_965_000;

/** Each change names the id of the one before it, the first one that of the last. */
const book = (levels: number): BenchFrames => ({
  dataType: DataType.Book,
  recordCount: 1,
  symbolOf: future,
  channelOf: (symbol) => `book.${symbol}.100ms`,
  firstOf(symbol) {
    const rows = (from: number, step: number) =>
      Array.from({ length: 100 }, (_, at) => `["new",${(from + at * step).toFixed(1)},${10 + at}0.0]`);
    return `{"type":"snapshot","timestamp":1789344936361,"instrument_name":"${symbol}","change_id":${FIRST_ID},"bids":[${rows(37_240, -0.5)}],"asks":[${rows(37_240.5, 0.5)}]}`;
  },
  dataOf(symbol, at) {
    const rows = (from: number, step: number) =>
      Array.from(
        { length: levels },
        (_, index) => `["change",${(from + (at + index) * step).toFixed(1)},${1 + at + index}70.0]`,
      );
    const id = FIRST_ID + ((at + 1) % FRAMES_PER_SYMBOL);
    return `{"timestamp":${1789344937361 + at},"type":"change","change_id":${id},"instrument_name":"${symbol}","bids":[${rows(37_240, -0.5)}],"asks":[${rows(37_240.5, 0.5)}],"prev_change_id":${FIRST_ID + at}}`;
  },
});

const futureTicker = (symbol: string, at: number) =>
  `{"timestamp":${1790755218559 + at},"state":"open","stats":{"high":84548.5,"low":82900.5,"price_change":-0.8525,"volume":9341.40027576,"volume_usd":${78149778 + at}0.0,"volume_notional":781497780.0},"index_price":83251.0${at},"instrument_name":"${symbol}","last_price":83216.0,"settlement_price":83223.11,"min_price":81963.5,"max_price":84460.5,"open_interest":797578130,"mark_price":83212.1${at},"interest_value":-4.467407940520975e-5,"current_funding":-2.1714e-4,"estimated_delivery_price":83251.0${at},"funding_8h":-3.1e-6,"best_ask_price":83212.5,"best_bid_price":83212.0,"best_ask_amount":261910.0,"best_bid_amount":71750.0}`;

export const benchFrames: Readonly<Record<string, BenchFrames>> = {
  trade: trades(1),
  "5 trades": trades(5),
  "change of 2 levels": book(1),
  "change of 20 levels": book(10),
  quote: {
    dataType: DataType.TopOfBook,
    recordCount: 1,
    symbolOf: future,
    channelOf: (symbol) => `quote.${symbol}`,
    dataOf: (symbol, at) =>
      `{"timestamp":${1654162157500 + at},"instrument_name":"${symbol}","best_bid_price":30220.0,"best_bid_amount":${230 + at}0.0,"best_ask_price":30222.5,"best_ask_amount":4370.0}`,
  },
  "mark price": {
    dataType: DataType.MarkPrice,
    recordCount: 1,
    symbolOf: future,
    channelOf: (symbol) => `ticker.${symbol}.100ms`,
    dataOf: futureTicker,
  },
  "ticker of 24 hours": {
    dataType: DataType.Ticker,
    recordCount: 1,
    symbolOf: future,
    channelOf: (symbol) => `ticker.${symbol}.agg2`,
    dataOf: futureTicker,
  },
  "option ticker": {
    dataType: DataType.OptionTicker,
    recordCount: 1,
    symbolOf: option,
    channelOf: (symbol) => `ticker.${symbol}.100ms`,
    dataOf: (symbol, at) =>
      `{"timestamp":${1790755218559 + at},"stats":{"volume":12.5,"volume_usd":104321.55,"price_change":-3.1423,"low":0.0755,"high":0.0825},"state":"open","settlement_price":0.08034,"open_interest":${3963 + at}.1,"min_price":0.051,"max_price":0.1225,"mark_price":0.08${4155 + at},"mark_iv":58.74,"last_price":0.0795,"interest_rate":0.0,"instrument_name":"${symbol}","index_price":83251.03,"greeks":{"vega":120.46511,"theta":-25.09811,"rho":40.16173,"gamma":0.00001,"delta":0.8609},"estimated_delivery_price":83251.03,"bid_iv":57.06,"best_bid_price":0.0835,"best_bid_amount":4.0,"best_ask_price":0.0845,"best_ask_amount":15.2,"ask_iv":59.97,"underlying_price":84115.89,"underlying_index":"BTC-25DEC26"}`,
  },
};
