import type { SimulatedInstrument } from "../markets/instrument.js";
import type { BinanceMarketName } from "../markets/market.js";
import type { PrintStyle } from "./print-style.js";
import { type TimeUnit, timeText } from "./time-text.js";

/** How a futures trade came about; `X` of the frame. NA rows have neither price nor quantity. */
export type TradeOrigin = "MARKET" | "INSURANCE_FUND" | "ADL" | "NA";

export interface TradeFrame {
  readonly eventMicros: number;
  readonly sendMicros: number;
  readonly tradeId: number;
  readonly price: number;
  readonly quantity: number;
  readonly buyerIsMaker: boolean;
  readonly origin: TradeOrigin;
}

/**
 * `<symbol>@trade`. Key orders as recorded: spot 2024-08; USD-M 2026-09-20; COIN-M 2026-09-25 (neither `ps` nor `st`).
 * NA rows print price and quantity as a bare "0".
 */
export function tradeFrame(
  market: BinanceMarketName,
  instrument: SimulatedInstrument,
  style: PrintStyle,
  trade: TradeFrame,
  unit: TimeUnit,
): string {
  const sent = timeText(trade.sendMicros, unit);
  const happened = timeText(trade.eventMicros, unit);
  const empty = trade.origin === "NA";
  const price = empty ? "0" : style.price(trade.price);
  const quantity = empty ? "0" : style.quantity(trade.quantity);
  if (market === "spot") {
    return `{"e":"trade","E":${sent},"s":"${instrument.symbol}","t":${trade.tradeId},"p":"${price}","q":"${quantity}","T":${happened},"m":${trade.buyerIsMaker},"M":true}`;
  }
  const product = market === "usd-future" ? `,"st":1` : "";
  return `{"e":"trade","E":${sent},"T":${happened},"s":"${instrument.symbol}","t":${trade.tradeId},"p":"${price}","q":"${quantity}","X":"${trade.origin}","m":${trade.buyerIsMaker}${product}}`;
}

export interface AggregateTradeFrame {
  readonly eventMicros: number;
  readonly sendMicros: number;
  readonly aggregateId: number;
  readonly firstTradeId: number;
  readonly lastTradeId: number;
  readonly price: number;
  readonly quantity: number;
  readonly buyerIsMaker: boolean;
}

/**
 * `<symbol>@aggTrade`. Key orders: spot recorded 2026-01; USD-M recorded 2026-09 (`nq` is the quantity without RPI
 * fills, of which there are none here); COIN-M as USD-M with the pair after the symbol, where its other frames of
 * 2026-09 have it.
 */
export function aggregateTradeFrame(
  market: BinanceMarketName,
  instrument: SimulatedInstrument,
  style: PrintStyle,
  trade: AggregateTradeFrame,
  unit: TimeUnit,
): string {
  const sent = timeText(trade.sendMicros, unit);
  const happened = timeText(trade.eventMicros, unit);
  const price = style.price(trade.price);
  const quantity = style.quantity(trade.quantity);
  if (market === "spot") {
    return `{"e":"aggTrade","E":${sent},"s":"${instrument.symbol}","a":${trade.aggregateId},"p":"${price}","q":"${quantity}","f":${trade.firstTradeId},"l":${trade.lastTradeId},"T":${happened},"m":${trade.buyerIsMaker},"M":true}`;
  }
  const pair = market === "coin-future" ? `,"ps":"${instrument.pair}"` : "";
  const product = market === "coin-future" ? 2 : 1;
  return `{"e":"aggTrade","E":${sent},"a":${trade.aggregateId},"s":"${instrument.symbol}"${pair},"p":"${price}","q":"${quantity}","nq":"${quantity}","f":${trade.firstTradeId},"l":${trade.lastTradeId},"T":${happened},"m":${trade.buyerIsMaker},"st":${product}}`;
}
