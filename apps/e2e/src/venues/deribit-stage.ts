import { DataType, SimulatedClock, sleep } from "@ims/common";
import { type DeribitVenue, type DeribitVenueOptions, openDeribitVenue } from "@ims/exchange-simulator";
import { createDeribitIntegration, type DeribitOptions } from "@ims/integration-deribit";
import type { VenueStage } from "@ims/testkit";

const LATENCY_MILLIS = 20;

export interface DeribitStage extends VenueStage {
  readonly venue: DeribitVenue;
  /** A call that is listed as long as the stage runs. */
  readonly optionSymbol: string;
}

/** Deribit's plugin on its simulator, within the process. */
export function openDeribitStage(
  options: Pick<DeribitVenueOptions, "login" | "market"> = {},
  pluginOptions: Pick<DeribitOptions, "credentials"> = {},
): DeribitStage {
  const clock = new SimulatedClock();
  const venue = openDeribitVenue({ ...options, clock, latencyMillis: LATENCY_MILLIS, seed: 11 });
  const optionSymbol = venue.instruments.filter(({ kind }) => kind === "option").at(-1)!.symbol;
  return {
    clock,
    venue,
    optionSymbol,
    symbols: ["BTC-PERPETUAL", "ETH-PERPETUAL"],
    unknownSymbol: "BTC-1JAN20-1-C",
    flowing: [
      DataType.Trade,
      DataType.Bar,
      DataType.TopOfBook,
      DataType.Book,
      DataType.MarkPrice,
      DataType.OptionTicker,
      DataType.Ticker,
    ],
    symbolOf: (dataType) => (dataType === DataType.OptionTicker ? optionSymbol : undefined),
    create: createDeribitIntegration({
      ...pluginOptions,
      dial: venue.dial,
      transport: async (url, _headers, _bytesMax, signal) => {
        await sleep(clock, LATENCY_MILLIS, signal);
        const { body, status } = venue.request(`${url.pathname}${url.search}`);
        await sleep(clock, LATENCY_MILLIS, signal);
        return { status, headers: {}, body: Buffer.from(body) };
      },
    }),
    lastTradeId: (symbol) => venue.lastSeq(symbol),
    trades: (symbol, fromId, toId) =>
      venue
        .trades(symbol, fromId, toId)
        .map(({ amount, price, seq }) => ({ tradeId: seq, price, quantity: amount })),
    cutConnections: () => venue.inject({ fault: "cut" }),
    get connectionCount() {
      return venue.connectionCount;
    },
    close: async () => {
      venue.close();
      await clock.advance(0);
    },
  };
}
