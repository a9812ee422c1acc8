import { StreamVenue } from "@ims/integration-kit";
import type { IntegrationFactory } from "@ims/traits";
import type { BitstampOptions } from "./bitstamp-options.js";
import { BitstampProtocol } from "./bitstamp-protocol.js";

/**
 * Makes the plugin of Bitstamp.
 *
 * @example `startDataService({ exchange: ExchangeId.Bitstamp, integration: createBitstampIntegration() })`
 */
export function createBitstampIntegration(options: BitstampOptions = {}): IntegrationFactory {
  return (context) => new StreamVenue(new BitstampProtocol(options, context), context, options);
}
