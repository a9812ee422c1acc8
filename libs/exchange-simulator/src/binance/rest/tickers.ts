import type { MarketSource } from "../../sources/market-source.js";
import type { DayTicker } from "../../sources/synthetic/day-window.js";
import { fundingText } from "../frames/derivative-frames.js";
import { PrintStyle } from "../frames/print-style.js";
import { percentText } from "../frames/ticker-frames.js";
import { type TimeUnit, timeText } from "../frames/time-text.js";
import type { SimulatedInstrument } from "../markets/instrument.js";
import type { BinanceMarket } from "../markets/market.js";
import type { Query } from "./query.js";

/** The symbols that a ticker request is about. */
interface Choice {
  readonly instruments: readonly SimulatedInstrument[];
  /** One object rather than a list. */
  readonly single: boolean;
}

/** Prints one symbol; undefined leaves it out. */
type Row = (instrument: SimulatedInstrument, style: PrintStyle) => string | undefined;

/** How many symbols a request is about, for its weight; infinite for all of them. */
export function tickerSymbolCount(query: Query): number {
  if (query.has("symbol")) return 1;
  return query.has("symbols") ? query.instruments("symbols").length : Number.POSITIVE_INFINITY;
}

/** `ticker/24hr`. Key orders of the REST pages; COIN-M has `pair` and `baseVolume`. */
export function tickers24hr(
  market: BinanceMarket,
  source: MarketSource,
  query: Query,
  unit: TimeUnit,
): string {
  return rows(market, source, query, (instrument, style) => {
    const ticker = source.ticker(instrument.symbol);
    return ticker && ticker24hr(market, instrument, style, ticker, unit);
  });
}

function ticker24hr(
  market: BinanceMarket,
  instrument: SimulatedInstrument,
  style: PrintStyle,
  ticker: DayTicker,
  unit: TimeUnit,
): string {
  const spot = market.name === "spot";
  const coin = market.name === "coin-future";
  const pair = coin ? `,"pair":"${instrument.pair}"` : "";
  const change = `"priceChange":"${style.signedPrice(ticker.close - ticker.open)}","priceChangePercent":"${percentText(ticker)}","weightedAvgPrice":"${style.average(ticker.volume, ticker.quoteVolume)}"`;
  const before = spot ? `,"prevClosePrice":"${style.price(ticker.previousClose)}"` : "";
  const last = `"lastPrice":"${style.price(ticker.close)}","lastQty":"${style.quantity(ticker.lastQuantity)}"`;
  const top = spot
    ? `,"bidPrice":"${style.price(ticker.bid)}","bidQty":"${style.quantity(ticker.bidQuantity)}","askPrice":"${style.price(ticker.ask)}","askQty":"${style.quantity(ticker.askQuantity)}"`
    : "";
  const range = `"openPrice":"${style.price(ticker.open)}","highPrice":"${style.price(ticker.high)}","lowPrice":"${style.price(ticker.low)}","volume":"${style.quantity(ticker.volume)}","${coin ? "baseVolume" : "quoteVolume"}":"${style.quote(ticker.quoteVolume)}"`;
  const ids = `"openTime":${timeText(ticker.openMillis * 1000, unit)},"closeTime":${timeText(ticker.closeMillis * 1000, unit)},"firstId":${ticker.firstTradeId},"lastId":${ticker.lastTradeId},"count":${ticker.tradeCount}`;
  return `{"symbol":"${instrument.symbol}"${pair},${change}${before},${last}${top},${range},${ids}}`;
}

/** `ticker/price`: the last trade's price; the futures add its time, COIN-M the pair as `ps`. */
export function tickerPrices(
  market: BinanceMarket,
  source: MarketSource,
  query: Query,
  nowMillis: number,
): string {
  return rows(market, source, query, (instrument, style) => {
    const ticker = source.ticker(instrument.symbol);
    if (!ticker) return undefined;
    const pair = market.name === "coin-future" ? `,"ps":"${instrument.pair}"` : "";
    const time = market.name === "spot" ? "" : `,"time":${nowMillis}`;
    return `{"symbol":"${instrument.symbol}"${pair},"price":"${style.price(ticker.close)}"${time}}`;
  });
}

/** `ticker/bookTicker`: the top of the book. */
export function tickerBooks(
  market: BinanceMarket,
  source: MarketSource,
  query: Query,
  unit: TimeUnit,
): string {
  return rows(market, source, query, (instrument, style) => {
    const view = source.book(instrument.symbol);
    if (!view) return undefined;
    const { bids, asks } = view.book;
    const pair = market.name === "coin-future" ? `,"pair":"${instrument.pair}"` : "";
    const time = market.name === "spot" ? "" : `,"time":${timeText(view.eventMicros, unit)}`;
    return `{"symbol":"${instrument.symbol}"${pair},"bidPrice":"${style.price(bids.bestPrice)}","bidQty":"${style.quantity(bids.bestQuantity)}","askPrice":"${style.price(asks.bestPrice)}","askQty":"${style.quantity(asks.bestQuantity)}"${time}}`;
  });
}

/** `premiumIndex` of the futures. A delivery contract has no funding: an empty rate and 0 on COIN-M, zeros on USD-M. */
export function premiumIndex(
  market: BinanceMarket,
  source: MarketSource,
  query: Query,
  nowMillis: number,
): string {
  const coin = market.name === "coin-future";
  return rows(market, source, query, (instrument, style) => {
    const mark = source.mark(instrument.symbol);
    if (!mark) return undefined;
    const funded = mark.nextFundingMillis !== 0 || !coin;
    const pair = coin ? `,"pair":"${instrument.pair}"` : "";
    return `{"symbol":"${instrument.symbol}"${pair},"markPrice":"${style.markPrice(mark.mark)}","indexPrice":"${style.markPrice(mark.index)}","estimatedSettlePrice":"${style.markPrice(mark.settle)}","lastFundingRate":"${funded ? fundingText(mark.fundingRateUnits) : ""}","interestRate":"${funded ? "0.00010000" : ""}","nextFundingTime":${mark.nextFundingMillis},"time":${nowMillis}}`;
  });
}

/** `openInterest` of one futures symbol: a made-up number that moves with what was traded. */
export function openInterest(
  market: BinanceMarket,
  source: MarketSource,
  query: Query,
  nowMillis: number,
): string {
  const instrument = query.instrument();
  const style = new PrintStyle(market, instrument);
  const traded = source.ticker(instrument.symbol)?.tradeCount ?? 0;
  const open = instrument.medianQuantityUnits * (50_000 + (traded % 10_000));
  const coin = market.name === "coin-future";
  const pair = coin ? `,"pair":"${instrument.pair}"` : "";
  const type = coin ? `,"contractType":"${instrument.contractType}"` : "";
  return `{"symbol":"${instrument.symbol}"${pair},"openInterest":"${style.quantity(open)}"${type},"time":${nowMillis}}`;
}

/** COIN-M answers with a list even for one symbol, and takes `pair`. */
function choose(market: BinanceMarket, source: MarketSource, query: Query): Choice {
  if (query.has("symbol")) {
    return { instruments: [query.instrument()], single: market.name !== "coin-future" };
  }
  if (market.name === "spot" && query.has("symbols")) {
    return { instruments: query.instruments("symbols"), single: false };
  }
  const trading = source.instruments.filter(({ status }) => status === "TRADING");
  const pair = market.name === "coin-future" ? query.text("pair") : undefined;
  return {
    instruments: pair === undefined ? trading : trading.filter((each) => each.pair === pair),
    single: false,
  };
}

function rows(market: BinanceMarket, source: MarketSource, query: Query, row: Row): string {
  const { instruments, single } = choose(market, source, query);
  const printed: string[] = [];
  for (const instrument of instruments) {
    const text = row(instrument, new PrintStyle(market, instrument));
    if (text !== undefined) printed.push(text);
  }
  return single ? (printed[0] ?? "{}") : `[${printed.join(",")}]`;
}
