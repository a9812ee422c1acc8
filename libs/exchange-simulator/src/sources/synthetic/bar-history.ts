import type { SimulatedInstrument } from "../../binance/markets/instrument.js";
import type { BinanceMarket } from "../../binance/markets/market.js";
import type { Bar } from "./bar.js";
import type { SeededRandom } from "./seeded-random.js";

const MINUTE_MILLIS = 60_000;

/**
 * Minute bars before the start: there never were trades behind them, but they join the first live trade in price and
 * trade id, and their numbers agree with each other (low ≤ open, close ≤ high; taker part ≤ whole).
 */
export function makeBarHistory(
  market: BinanceMarket,
  instrument: SimulatedInstrument,
  random: SeededRandom,
  firstLiveOpenMillis: number,
  firstLiveTradeId: number,
  tradesPerMinute: number,
  minutes: number,
): Bar[] {
  const tick = instrument.tickUnits;
  const swing = Math.max(1, (instrument.startPriceUnits / tick) * 2e-4);
  const floor = Math.max(1, Math.floor(instrument.startPriceUnits / tick / 3));
  const bars: Bar[] = new Array<Bar>(minutes);
  let closeTicks = Math.round(instrument.startPriceUnits / tick);
  let nextTradeId = firstLiveTradeId;
  for (let index = minutes - 1; index >= 0; index--) {
    const openTicks = Math.max(floor, closeTicks + Math.round((random.unit() - 0.5) * 2 * swing));
    const high = Math.max(openTicks, closeTicks) + Math.floor(random.unit() * swing);
    const low = Math.max(1, Math.min(openTicks, closeTicks) - Math.floor(random.unit() * swing));
    const count = Math.max(1, Math.round(tradesPerMinute * (0.5 + random.unit())));
    const volume = Math.round(count * instrument.medianQuantityUnits * (0.7 + random.unit()));
    const takerVolume = Math.floor(volume * (0.3 + 0.4 * random.unit()));
    const mean = Math.round((openTicks + closeTicks) / 2) * tick;
    bars[index] = {
      openMillis: firstLiveOpenMillis - (minutes - index) * MINUTE_MILLIS,
      open: openTicks * tick,
      high: high * tick,
      low: low * tick,
      close: closeTicks * tick,
      volume,
      quoteVolume: market.quoteUnits(instrument, mean, volume),
      takerVolume,
      takerQuoteVolume: market.quoteUnits(instrument, mean, takerVolume),
      tradeCount: count,
      firstTradeId: nextTradeId - count,
      lastTradeId: nextTradeId - 1,
    };
    nextTradeId -= count;
    closeTicks = openTicks;
  }
  return bars;
}
