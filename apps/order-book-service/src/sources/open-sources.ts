import { type Clock, exchangeIdOf } from "@ims/common";
import { createBinanceIntegration } from "@ims/integration-binance";
import { bitstampOptions, createBitstampIntegration } from "@ims/integration-bitstamp";
import { createDeribitIntegration, deribitOptions } from "@ims/integration-deribit";
import type { IntegrationFactory, IntegrationLogger } from "@ims/traits";
import { fail } from "../errors.js";
import type { BookServiceSettings } from "../settings.js";
import type { BookSource } from "./book-source.js";
import { BrokerSource } from "./broker-source.js";
import { DirectSource } from "./direct-source.js";

/** Venues whose integrations can run in this process. Prices of their markets are of base in quote, as those of spot. */
const DIRECT: Readonly<Record<string, (settings: BookServiceSettings) => IntegrationFactory>> = {
  binancespot: ({ binanceRestUrl, binanceWsUrl }) =>
    createBinanceIntegration("spot", { restUrl: binanceRestUrl, wsUrl: binanceWsUrl }),
  bitstamp: (settings) => createBitstampIntegration(bitstampOptions(settings)),
  deribit: (settings) => createDeribitIntegration(deribitOptions({ ...settings, deribitTestnet: false })),
  deribittestnet: (settings) =>
    createDeribitIntegration(deribitOptions({ ...settings, deribitTestnet: true })),
};

/**
 * A source for each venue of the settings.
 * @throws ImsError `book-service.venue` for a name that is not known, or that cannot be read directly
 */
export function openSources(
  settings: BookServiceSettings,
  clock: Clock,
  logger: IntegrationLogger,
): BookSource[] {
  return [...new Set(settings.venues)].map((venue) => {
    if (exchangeIdOf(venue) === undefined) throw fail("book-service.venue", `there is no venue "${venue}"`);
    if (!settings.direct) return new BrokerSource(venue, { url: settings.iggyUrl, clock, logger });
    const factory = DIRECT[venue];
    if (factory) return new DirectSource(factory(settings), clock, logger);
    throw fail(
      "book-service.venue",
      `${venue} cannot be read in this process; ${Object.keys(DIRECT).join(", ")} can`,
    );
  });
}
