import { AverageDecoder, TickerDecoder } from "../generated/v2/index.js";
import { decodePrefix } from "./decode-prefix.js";
import { exactDecimal, optionalDecimal, orUndefined } from "./exact-values.js";
import type { AverageRecord, TickerRecord } from "./statistic-records.js";

const tickerDecoder = new TickerDecoder();
const averageDecoder = new AverageDecoder();

/** Template 218 to a record. Throws the decoder's errors, `sbe.unsafe-integer` and `sbe.invalid-value`. */
export function decodeTicker(view: DataView, offset: number, length: number): TickerRecord {
  const ticker = tickerDecoder.wrapAndApplyHeader(view, offset, length);
  const scale = ticker.priceScale();
  return {
    type: "ticker",
    ...decodePrefix(ticker),
    open: optionalDecimal(ticker.open(), scale, "Ticker.open"),
    high: optionalDecimal(ticker.high(), scale, "Ticker.high"),
    low: optionalDecimal(ticker.low(), scale, "Ticker.low"),
    last: optionalDecimal(ticker.last(), scale, "Ticker.last"),
    volume: exactDecimal(ticker.volume(), ticker.quantityScale(), "Ticker.volume"),
    quoteVolume: optionalDecimal(ticker.quoteVolume(), ticker.quoteScale(), "Ticker.quoteVolume"),
    windowStartMicros: orUndefined(ticker.windowStartNumber()),
    tradeCount: orUndefined(ticker.tradeCount()),
  };
}

/** Template 231 to a record. Throws as {@link decodeTicker}. */
export function decodeAverage(view: DataView, offset: number, length: number): AverageRecord {
  const average = averageDecoder.wrapAndApplyHeader(view, offset, length);
  const priceScale = average.priceScale();
  const quantityScale = average.quantityScale();
  return {
    type: "average",
    ...decodePrefix(average),
    method: average.method(),
    state: average.state(),
    windowStartMicros: average.windowStartNumber(),
    windowEndMicros: average.windowEndNumber(),
    nominalMicros: orUndefined(average.nominalDurationNumber()),
    nominalCount: orUndefined(average.nominalCount()),
    value: optionalDecimal(average.value(), priceScale, "Average.value"),
    vwap: optionalDecimal(average.vwap(), priceScale, "Average.vwap"),
    twap: optionalDecimal(average.twap(), priceScale, "Average.twap"),
    volume: exactDecimal(average.volume(), quantityScale, "Average.volume"),
    quoteVolume: optionalDecimal(average.quoteVolume(), average.quoteScale(), "Average.quoteVolume"),
    takerVolume: exactDecimal(average.takerVolume(), quantityScale, "Average.takerVolume"),
    tradeCount: average.tradeCount(),
    excludedCount: average.excludedCount(),
    open: optionalDecimal(average.open(), priceScale, "Average.open"),
    high: optionalDecimal(average.high(), priceScale, "Average.high"),
    low: optionalDecimal(average.low(), priceScale, "Average.low"),
    close: optionalDecimal(average.close(), priceScale, "Average.close"),
    sellVolume: exactDecimal(average.sellVolume(), quantityScale, "Average.sellVolume"),
    realisedVolatility: orUndefined(average.realisedVolatility()),
    lateCount: average.lateCount(),
  };
}
