import type { DeribitInstrument } from "./deribit-market.js";
import type { SymbolTrading } from "./symbol-trading.js";

/** Lengths of candles: minutes, or a day (deribit.md section 5). */
const RESOLUTIONS = "1|3|5|10|15|30|60|120|180|360|720|1D";
const CHANNEL = new RegExp(
  `^(?:(?:trades|book|ticker)\\.([^.]+)\\.(?:raw|100ms|agg2)|quote\\.([^.]+)|chart\\.trades\\.([^.]+)\\.(?:${RESOLUTIONS}))$`,
);

/** Whether candles of this length are offered. */
export function isResolution(text: string): boolean {
  return RESOLUTIONS.split("|").includes(text);
}

/** The instrument of a channel; undefined for what is no channel here. */
export function symbolOfChannel(channel: string): string | undefined {
  const found = CHANNEL.exec(channel);
  return found?.[1] ?? found?.[2] ?? found?.[3];
}

/** Channels of news of an instrument. */
export function stateChannels({ kind, row }: DeribitInstrument): readonly string[] {
  const currency = String(row.base_currency);
  return ["any", kind].flatMap((each) => [
    `instrument.state.${each}.any`,
    `instrument.state.${each}.${currency}`,
  ]);
}

export function isStateChannel(channel: string): boolean {
  return /^instrument\.state\.(?:any|future|option|spot)\.[A-Za-z]+$/.test(channel);
}

/** The data of a book channel's first notification. */
export function wholeBook(trading: SymbolTrading, nowMillis: number): object {
  const rows = (side: "bids" | "asks") => trading.levels(side).map((level) => ["new", ...level]);
  return {
    type: "snapshot",
    timestamp: nowMillis,
    instrument_name: trading.instrument.symbol,
    change_id: trading.changeId,
    bids: rows("bids"),
    asks: rows("asks"),
  };
}

export function quoteData(trading: SymbolTrading, nowMillis: number): object {
  return { timestamp: nowMillis, instrument_name: trading.instrument.symbol, ...bestOf(trading) };
}

/** @param ofMarket what the market says of the instrument */
export function tickerData(
  trading: SymbolTrading,
  ofMarket: Readonly<Record<string, unknown>>,
  nowMillis: number,
): object {
  const last = trading.trades(trading.lastSeq, trading.lastSeq)[0];
  return {
    timestamp: nowMillis,
    stats: trading.statistics(nowMillis),
    state: "open",
    instrument_name: trading.instrument.symbol,
    last_price: last?.row.price ?? null,
    open_interest: trading.openInterest,
    ...bestOf(trading),
    ...ofMarket,
  };
}

function bestOf(trading: SymbolTrading): object {
  const [bidPrice = 0, bidAmount = 0] = trading.levels("bids")[0] ?? [];
  const [askPrice = 0, askAmount = 0] = trading.levels("asks")[0] ?? [];
  return {
    best_bid_price: bidPrice,
    best_bid_amount: bidAmount,
    best_ask_price: askPrice,
    best_ask_amount: askAmount,
  };
}
