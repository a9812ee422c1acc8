import { DataType, SimulatedClock, sleep } from "@ims/common";
import {
  type InProcessBitstamp,
  type InProcessBitstampOptions,
  openBitstampVenue,
} from "@ims/exchange-simulator";
import { type BitstampOptions, createBitstampIntegration } from "@ims/integration-bitstamp";
import type { VenueStage } from "@ims/testkit";

/** Of one way, of requests and of what a client sends. */
const LATENCY_MILLIS = 20;

const OF_PERPETUALS: ReadonlySet<DataType> = new Set([DataType.MarkPrice, DataType.Liquidation]);

export interface BitstampStage extends VenueStage {
  readonly venue: InProcessBitstamp;
  readonly clock: SimulatedClock;
}

/** Bitstamp on its simulator, within the process. */
export function openBitstampStage(
  symbols: readonly [string, string] = ["btcusd", "ethusd"],
  venueOptions: Partial<InProcessBitstampOptions> = {},
  options: BitstampOptions = {},
): BitstampStage {
  const clock = new SimulatedClock();
  const venue = openBitstampVenue({ seed: 11, ...venueOptions, clock, latencyMillis: LATENCY_MILLIS });
  const { truth } = venue;
  return {
    clock,
    symbols,
    venue,
    unknownSymbol: "nosuchcoin",
    flowing: [
      DataType.Trade,
      DataType.Book,
      DataType.TopOfBook,
      DataType.MarkPrice,
      DataType.Order,
      DataType.Liquidation,
    ],
    symbolOf: (dataType) => (OF_PERPETUALS.has(dataType) ? "btcusd-perp" : symbols[0]),
    create: createBitstampIntegration({
      ...options,
      dial: venue.dial,
      transport: async (url, _headers, _bytesMax, signal) => {
        await sleep(clock, LATENCY_MILLIS, signal);
        const answer = await venue.request("GET", `${url.pathname}${url.search}`);
        await sleep(clock, LATENCY_MILLIS, signal);
        return { status: answer.status, headers: answer.headers, body: Buffer.from(answer.body) };
      },
    }),
    lastTradeId: (symbol) => truth.lastTradeId(symbol),
    trades: (symbol, fromId, toId) => truth.trades(symbol, fromId, toId),
    cutConnections: () => venue.inject({ fault: "cut" }),
    get connectionCount() {
      return truth.connectionCount;
    },
    close: () => venue.close(),
  };
}
