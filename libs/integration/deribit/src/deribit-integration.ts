import { StreamVenue } from "@ims/integration-kit";
import type { IntegrationFactory } from "@ims/traits";
import type { DeribitOptions } from "./deribit-options.js";
import { DeribitProtocol } from "./deribit-protocol.js";

/**
 * Makes the plugin of Deribit.
 *
 * @example `startDataService({ exchange: ExchangeId.Deribit, integration: createDeribitIntegration() })`
 */
export function createDeribitIntegration(options: DeribitOptions = {}): IntegrationFactory {
  return (context) => new StreamVenue(new DeribitProtocol(options, context), context, options);
}
