import { DataType, formatMantissa, SimulatedClock, sleep } from "@ims/common";
import { type InProcessVenue, openInProcessVenue } from "@ims/exchange-simulator";
import { type BinanceMarketName, createBinanceIntegration } from "@ims/integration-binance";
import type { VenueStage, VenueTrade } from "@ims/testkit";

const SYMBOLS: Readonly<Record<BinanceMarketName, readonly [string, string]>> = {
  spot: ["BTCUSDT", "ETHUSDT"],
  "usd-future": ["BTCUSDT", "ETHUSDT"],
  "coin-future": ["BTCUSD_PERP", "ETHUSD_PERP"],
};
const COMMON: readonly DataType[] = [
  DataType.Trade,
  DataType.Bar,
  DataType.TopOfBook,
  DataType.Book,
  DataType.Ticker,
];
/** Of one way, of requests and of what a client sends. */
const LATENCY_MILLIS = 20;

/** A market of Binance on its simulator, within the process. */
export async function openBinanceStage(market: BinanceMarketName): Promise<VenueStage> {
  const clock = new SimulatedClock();
  const venue = await openInProcessVenue({
    market,
    clock,
    latencyMillis: LATENCY_MILLIS,
    source: { kind: "synthetic", seed: 11, symbols: 6, tradesPerSecond: 30 },
  });
  const symbols = SYMBOLS[market];
  return {
    clock,
    symbols,
    unknownSymbol: "NOSUCHCOIN",
    flowing: market === "spot" ? COMMON : [...COMMON, DataType.MarkPrice],
    create: createBinanceIntegration(market, {
      dial: venue.dial,
      transport: async (url, headers, _bytesMax, signal) => {
        await sleep(clock, LATENCY_MILLIS, signal);
        const answer = await venue.request("GET", `${url.pathname}${url.search}`, headers);
        await sleep(clock, LATENCY_MILLIS, signal);
        return { status: answer.status, headers: answer.headers, body: Buffer.from(answer.body) };
      },
    }),
    lastTradeId: (symbol) => venue.truth(symbol).lastTradeId,
    trades: (symbol, fromId, toId) => tradesOf(venue, symbol, fromId, toId),
    cutConnections: () => venue.inject({ fault: "reset", atMillis: 0 }),
    get connectionCount() {
      return venue.stats.connectionCount;
    },
    close: () => venue.close(),
  };
}

/** Rows that only use up an id are no trades. */
function tradesOf(venue: InProcessVenue, symbol: string, fromId: number, toId: number): VenueTrade[] {
  const { priceScale, quantityScale } = venue.truth(symbol);
  return venue
    .trades(symbol, fromId, toId)
    .filter(({ origin }) => origin !== "NA")
    .map(({ tradeId, price, quantity }) => ({
      tradeId,
      price: formatMantissa(BigInt(price), priceScale),
      quantity: formatMantissa(BigInt(quantity), quantityScale),
    }));
}
