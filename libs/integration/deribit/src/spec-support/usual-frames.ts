import { DataType, type Instrument } from "@ims/common";
import type { FeedRequest } from "@ims/traits";

/** A channel whose frames are read as bytes, and data as they were recorded on it (deribit.md section 5). */
export interface UsualChannel {
  readonly channel: string;
  readonly symbol: string;
  readonly request: FeedRequest;
  readonly instrument: Partial<Instrument>;
  /** One after the other, as the venue or the simulator prints them. */
  readonly data: readonly string[];
}

const PERPETUAL = { priceScale: 1, quantityScale: 0 };
const OPTION = { priceScale: 4, quantityScale: 1 };
const BOOK = "BTC-15SEP26-77000-C";
const COMBO = "BTC-FS-25DEC26_PERP";
const OPTION_TICKER = "ETH-9APR21-1950-C";

const perpetualTicker = (millis: number, mark: string) =>
  `{"timestamp":${millis},"state":"open","stats":{"high":8.55e4,"low":82900.5,"price_change":-0.8525,"volume":9341.40027576,"volume_usd":781497780.0,"volume_notional":781497780.0},"index_price":83251.03,"instrument_name":"BTC-PERPETUAL","last_price":83216.0,"settlement_price":83223.11,"min_price":81963.5,"max_price":84460.5,"open_interest":797578130,"mark_price":${mark},"interest_value":-4.467407940520975e-5,"current_funding":-2.1714e-4,"estimated_delivery_price":83251.03,"funding_8h":-3.1e-6,"best_ask_price":83212.5,"best_bid_price":83212.0,"best_ask_amount":261910.0,"best_bid_amount":71750.0}`;
const simulatedTicker =
  '{"timestamp":1790755219000,"stats":{"high":100.5,"low":99.5,"volume":12.5,"volume_usd":1250,"volume_notional":1250,"price_change":0.5},"state":"open","instrument_name":"BTC-PERPETUAL","last_price":null,"open_interest":0,"best_bid_price":100,"best_bid_amount":10,"best_ask_price":100.5,"best_ask_amount":10,"mark_price":100.25,"index_price":100.2,"current_funding":0.0001}';

const trade = (seq: number, rest = "") =>
  `{"timestamp":1789344933994,"price":76917.5,"amount":8450.0,"direction":"buy","index_price":76906.67,"instrument_name":"BTC-PERPETUAL","trade_seq":${seq},"mark_price":76917.12,"tick_direction":0,"starbase_match_id":225046781992378368,"trade_id":"267258393","contracts":845.0,"starbase_timestamp":1789344933994718924${rest}}`;
const oldTrade = (seq: number) =>
  `{"trade_seq":${seq},"trade_id":"137486952","timestamp":1616321287195,"tick_direction":0,"price":56273.5,"mark_price":56243.86,"instrument_name":"BTC-PERPETUAL","index_price":56127.59,"direction":"sell","amount":6000}`;

export const USUAL: Readonly<Record<string, UsualChannel>> = {
  trades: {
    channel: "trades.BTC-PERPETUAL.100ms",
    symbol: "BTC-PERPETUAL",
    request: { dataType: DataType.Trade },
    instrument: PERPETUAL,
    data: [
      `[${trade(140284854)},${trade(140284855, ',"liquidation":"T"')}]`,
      `[${trade(140284856, ',"block_trade_id":"BLOCK-289556","legs":[{"price":1.5,"legs":[]}]')}]`,
      `[${oldTrade(140284857)}]`,
      "[]",
    ],
  },
  books: {
    channel: `book.${BOOK}.100ms`,
    symbol: BOOK,
    request: { dataType: DataType.Book },
    instrument: OPTION,
    data: [
      `{"type":"snapshot","timestamp":1789344936361,"instrument_name":"${BOOK}","change_id":118850965713,"bids":[["new",0.005,40.0],["new",5.5e-3,12]],"asks":[["new",0.0065,10.5]]}`,
      `{"timestamp":1789344937361,"type":"change","change_id":118850980778,"instrument_name":"${BOOK}","bids":[["new",0.0045,41.0],["delete",0.005,0.0]],"asks":[],"prev_change_id":118850965713}`,
      `{"timestamp":1789344940246,"prev_change_id":118850980778,"instrument_name":"${BOOK}","change_id":118850986161,"bids":[],"asks":[["change",0.0065,40.1]]}`,
    ],
  },
  "books of combos": {
    channel: `book.${COMBO}.100ms`,
    symbol: COMBO,
    request: { dataType: DataType.Book },
    instrument: PERPETUAL,
    data: [
      `{"type":"snapshot","timestamp":1789344936361,"instrument_name":"${COMBO}","change_id":118850965713,"bids":[["new",-7.5,300000.0],["new",-8e0,12]],"asks":[["new",0.0,10]]}`,
      `{"type":"change","timestamp":1789344936461,"prev_change_id":118850965713,"instrument_name":"${COMBO}","change_id":118850965714,"bids":[["delete",-7.5,0.0]],"asks":[["new",-6.5,10],["change",0.0,20.0]]}`,
    ],
  },
  quotes: {
    channel: "quote.BTC-PERPETUAL",
    symbol: "BTC-PERPETUAL",
    request: { dataType: DataType.TopOfBook },
    instrument: PERPETUAL,
    data: [
      '{"timestamp":1654162157500,"instrument_name":"BTC-PERPETUAL","best_bid_price":30220.0,"best_bid_amount":2300.0,"best_ask_price":30222.5,"best_ask_amount":4370}',
      '{"timestamp":1654162157501,"instrument_name":"BTC-PERPETUAL","best_bid_price":null,"best_bid_amount":0.0,"best_ask_price":-1.25,"best_ask_amount":4370.5}',
    ],
  },
  "mark prices": {
    channel: "ticker.BTC-PERPETUAL.100ms",
    symbol: "BTC-PERPETUAL",
    request: { dataType: DataType.MarkPrice },
    instrument: PERPETUAL,
    data: [
      perpetualTicker(1790755218559, "83212.14"),
      perpetualTicker(1790755218659, "8.3213e4"),
      simulatedTicker,
      '{"timestamp":1790755219100,"mark_price":83212.14,"index_price":null,"estimated_delivery_price":"expired"}',
    ],
  },
  "tickers of 24 hours": {
    channel: "ticker.BTC-PERPETUAL.agg2",
    symbol: "BTC-PERPETUAL",
    request: { dataType: DataType.Ticker },
    instrument: { ...PERPETUAL, contractSize: "1" },
    data: [
      perpetualTicker(1790755218559, "83212.14"),
      '{"timestamp":1790755218659,"stats":{"volume_usd":null,"volume":null,"price_change":null,"low":null,"high":null},"last_price":-13.5}',
      simulatedTicker,
    ],
  },
  "tickers of 24 hours in coins": {
    channel: `ticker.${OPTION_TICKER}.agg2`,
    symbol: OPTION_TICKER,
    request: { dataType: DataType.Ticker },
    instrument: OPTION,
    data: [
      `{"timestamp":1790755218559,"stats":{"volume":12.5,"volume_usd":104321.55,"price_change":-3.1423,"low":0.0755,"high":0.08255},"state":"open","instrument_name":"${OPTION_TICKER}","last_price":0.0795}`,
      `{"timestamp":1795275503221,"stats":{"volume":0.07030,"volume_usd":4231.33,"price_change":0.0033,"low":6.0189e4,"high":60191},"state":"open","instrument_name":"${OPTION_TICKER}","last_price":60191,"best_bid_price":60189}`,
    ],
  },
  "option tickers": {
    channel: `ticker.${OPTION_TICKER}.100ms`,
    symbol: OPTION_TICKER,
    request: { dataType: DataType.OptionTicker },
    instrument: OPTION,
    data: [
      `{"underlying_price":2115.89,"underlying_index":"ETH-9APR21","timestamp":1617644856302,"stats":{"volume":12.5,"price_change":null,"low":null,"high":null},"state":"open","settlement_price":0.061,"open_interest":3963.0,"min_price":0.0315,"max_price":0.1225,"mark_price":0.084155,"mark_iv":78.74,"last_price":0.06,"interest_rate":0.0,"instrument_name":"${OPTION_TICKER}","index_price":2114.21,"greeks":{"vega":0.46511,"theta":-5.09811,"rho":0.16173,"gamma":0.00134,"delta":0.8609},"estimated_delivery_price":2114.21,"bid_iv":51.06,"best_bid_price":0.0795,"best_bid_amount":4.0,"best_ask_price":0.0945,"best_ask_amount":5.0,"ask_iv":117.97}`,
      `{"estimated_delivery_price":1.1367,"best_bid_amount":0.0,"best_ask_amount":7.5,"bid_iv":0.0,"ask_iv":0.0,"underlying_index":"index_price","underlying_price":1.1367,"mark_iv":209.64,"best_bid_price":0.0,"best_ask_price":2.5e-3,"interest_rate":0,"open_interest":0.0,"last_price":null,"instrument_name":"${OPTION_TICKER}","mark_price":0.139,"greeks":{"rho":4.0e-5,"theta":-0.01323,"vega":0.00024,"gamma":1.70098,"delta":0.7869},"stats":{"volume_notional":0.0,"volume_usd":0.0,"volume":0.0,"price_change":null,"low":null,"high":null},"state":"open","timestamp":1617644856402}`,
    ],
  },
};

/** A frame in its usual shape. */
export function frameOf(channel: string, data: string): string {
  return `{"jsonrpc":"2.0","method":"subscription","params":{"channel":"${channel}","data":${data}}}`;
}
