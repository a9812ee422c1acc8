import type { IntegrationFactory } from "@ims/traits";
import { BinanceIntegration } from "./common/integration/binance-integration.js";
import type { BinanceHosts, BinanceMarketName } from "./common/market/binance-market.js";
import { BINANCE_MARKETS } from "./common/market/markets.js";
import type { BinanceOptions } from "./common/settings/binance-options.js";
import { binaryAccess } from "./common/settings/binary-access.js";
import { originOf } from "./common/settings/origin.js";

/**
 * Makes the plugin of one Binance market. Throws `venue.bad-url` for an origin that cannot be used, and as
 * `binaryAccess` does for settings of the binary streams that cannot be fulfilled.
 *
 * @example `startDataService({ exchange, integration: createBinanceIntegration("spot", { testnet: true }) })`
 */
export function createBinanceIntegration(
  market: BinanceMarketName,
  options: BinanceOptions = {},
): IntegrationFactory {
  const description = BINANCE_MARKETS[market];
  const defaults = options.testnet ? description.testnet : description.production;
  const hosts: BinanceHosts = {
    exchange: defaults.exchange,
    restUrl: originOf(options.restUrl ?? defaults.restUrl, ["http:", "https:"]),
    wsUrl: originOf(options.wsUrl ?? defaults.wsUrl, ["ws:", "wss:"]),
  };
  const binary = binaryAccess(description, options);
  return (context) => {
    if (options.marketData === "auto" && description.binary && !binary) {
      context.logger.info(
        { market: market },
        "no API key, or no origin of binary streams: market data comes over the JSON streams",
      );
    }
    return new BinanceIntegration(description, hosts, options, context, binary);
  };
}
