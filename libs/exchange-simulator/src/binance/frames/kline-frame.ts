import type { Bar } from "../../sources/synthetic/bar.js";
import type { SimulatedInstrument } from "../markets/instrument.js";
import type { BinanceMarketName } from "../markets/market.js";
import type { PrintStyle } from "./print-style.js";
import { type TimeUnit, timeText } from "./time-text.js";

/**
 * `<symbol>@kline_<interval>`. Key order as recorded on all three markets; USD-M puts a blank after each comma inside
 * `k` (recorded 2026-08) and none elsewhere. `B` is "0", as on the wire.
 */
export function klineFrame(
  market: BinanceMarketName,
  instrument: SimulatedInstrument,
  style: PrintStyle,
  interval: string,
  bar: Bar,
  closeMillis: number,
  closed: boolean,
  sendMicros: number,
  unit: TimeUnit,
): string {
  const comma = market === "usd-future" ? ", " : ",";
  // The close is the last unit of the bar: …999 in milliseconds, …999999 in microseconds.
  const closes = unit === "MICROSECOND" ? (closeMillis + 1) * 1000 - 1 : closeMillis;
  const fields = [
    `"t":${timeText(bar.openMillis * 1000, unit)}`,
    `"T":${closes}`,
    `"s":"${instrument.symbol}"`,
    `"i":"${interval}"`,
    `"f":${bar.firstTradeId}`,
    `"L":${bar.lastTradeId}`,
    `"o":"${style.price(bar.open)}"`,
    `"c":"${style.price(bar.close)}"`,
    `"h":"${style.price(bar.high)}"`,
    `"l":"${style.price(bar.low)}"`,
    `"v":"${style.quantity(bar.volume)}"`,
    `"n":${bar.tradeCount}`,
    `"x":${closed}`,
    `"q":"${style.quote(bar.quoteVolume)}"`,
    `"V":"${style.quantity(bar.takerVolume)}"`,
    `"Q":"${style.quote(bar.takerQuoteVolume)}"`,
    `"B":"0"`,
  ];
  return `{"e":"kline","E":${timeText(sendMicros, unit)},"s":"${instrument.symbol}","k":{${fields.join(comma)}}}`;
}

/** One row of a REST klines answer: the array of 12. */
export function klineRow(style: PrintStyle, bar: Bar, closeMillis: number, unit: TimeUnit): string {
  const closes = unit === "MICROSECOND" ? (closeMillis + 1) * 1000 - 1 : closeMillis;
  return `[${timeText(bar.openMillis * 1000, unit)},"${style.price(bar.open)}","${style.price(bar.high)}","${style.price(bar.low)}","${style.price(bar.close)}","${style.quantity(bar.volume)}",${closes},"${style.quote(bar.quoteVolume)}",${bar.tradeCount},"${style.quantity(bar.takerVolume)}","${style.quote(bar.takerQuoteVolume)}","0"]`;
}
