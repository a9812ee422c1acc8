import { type Clock, ExchangeId } from "@ims/common";
import {
  type FairPrice,
  startBinanceSimulator,
  startBitstampSimulator,
  startDeribitSimulator,
  syntheticDeribitMarket,
} from "@ims/exchange-simulator";
import { createBinanceIntegration } from "@ims/integration-binance";
import { createBitstampIntegration } from "@ims/integration-bitstamp";
import { createDeribitIntegration } from "@ims/integration-deribit";

type Integration = ReturnType<typeof createBinanceIntegration>;

/** A simulated venue behind a port, and how its service reads it. */
export interface SimulatedVenue {
  readonly title: string;
  readonly exchange: ExchangeId;
  readonly integration: Integration;
  readonly url: string;
  close(): Promise<void>;
}

/** What all venues agree on, by base and quote. */
const LEVELS: Readonly<Record<string, number>> = { BTCUSDT: 67_421, ETHUSDT: 3521, ETHBTC: 0.05223 };
const SLOW_MICROS = 60e6;
const FAST_MICROS = 11e6;
/** Trades a second over all symbols; each symbol gets its share of Binance's. */
const BINANCE_TRADES_PER_SECOND = 60;
const BITSTAMP_TRADES_PER_SECOND = 8;
/** Deribit's list has whole dollars for this pair: too coarse to be seen beside the others. */
const FINER = { symbol: "BTC_USDT", tick: 0.1, tickUnits: 1, priceScale: 1 };

/** One price for all venues, so that their books belong together as those of real ones do: two slow waves. */
const fairPrice: FairPrice = (symbol, micros) => {
  const level = LEVELS[symbol.toUpperCase().replace("_", "")];
  if (level === undefined) return undefined;
  const swing = 1e-4 * Math.sin(micros / SLOW_MICROS) + 2e-5 * Math.sin(micros / FAST_MICROS);
  return level * (1 + swing);
};

/** Starts Binance, Bitstamp and Deribit. Whoever fails to start leaves none behind. */
export async function openThreeVenues(clock: Clock, seed: number | undefined): Promise<SimulatedVenue[]> {
  const venues: SimulatedVenue[] = [];
  try {
    venues.push(await openBinance(clock, seed));
    venues.push(await openBitstamp(clock, seed));
    venues.push(await openDeribit(clock, seed));
    return venues;
  } catch (error) {
    await Promise.all(venues.map((venue) => venue.close()));
    throw error;
  }
}

async function openBinance(clock: Clock, seed: number | undefined): Promise<SimulatedVenue> {
  const tradesPerSecond = BINANCE_TRADES_PER_SECOND;
  const simulator = await startBinanceSimulator({
    market: "spot",
    source: { kind: "synthetic", seed, tradesPerSecond, fairPrice },
    clock,
  });
  const { restUrl, wsUrl } = simulator;
  return {
    title: "Binance spot",
    exchange: ExchangeId.BinanceSpot,
    integration: createBinanceIntegration("spot", { restUrl, wsUrl }),
    url: restUrl,
    close: () => simulator.close(),
  };
}

async function openBitstamp(clock: Clock, seed: number | undefined): Promise<SimulatedVenue> {
  const tradesPerSecond = BITSTAMP_TRADES_PER_SECOND;
  const simulator = await startBitstampSimulator({ clock, seed, tradesPerSecond, fairPrice });
  const { restUrl, wsUrl } = simulator;
  return {
    title: "Bitstamp",
    exchange: ExchangeId.Bitstamp,
    integration: createBitstampIntegration({ restUrl, wsUrl }),
    url: restUrl,
    close: () => simulator.close(),
  };
}

async function openDeribit(clock: Clock, seed: number | undefined): Promise<SimulatedVenue> {
  const synthetic = syntheticDeribitMarket(Math.floor(clock.nowMicros() / 1000));
  const market = {
    ...synthetic,
    instruments: synthetic.instruments.map((instrument) => {
      const { symbol, tick, ...finer } = FINER;
      if (instrument.symbol !== symbol) return instrument;
      return { ...instrument, ...finer, row: { ...instrument.row, tick_size: tick } };
    }),
    fairPrice: (symbol: string, millis: number) =>
      fairPrice(symbol, millis * 1000) ?? synthetic.fairPrice(symbol, millis),
  };
  const simulator = await startDeribitSimulator({ clock, seed, market });
  const { restUrl, wsUrl } = simulator;
  return {
    title: "Deribit",
    exchange: ExchangeId.Deribit,
    integration: createDeribitIntegration({ restUrl, wsUrl }),
    url: restUrl,
    close: () => simulator.close(),
  };
}
