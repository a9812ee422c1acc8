import { venueError } from "@ims/integration-kit";
import type { IntegrationFactory } from "@ims/traits";
import { BinanceIntegration } from "./common/integration/binance-integration.js";
import type { BinanceHosts, BinanceMarketName } from "./common/market/binance-market.js";
import { BINANCE_MARKETS } from "./common/market/markets.js";
import type { BinanceOptions } from "./common/settings/binance-options.js";

/**
 * Makes the plugin of one Binance market. Throws `venue.bad-url` for an origin that cannot be used.
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
    restUrl: origin(options.restUrl ?? defaults.restUrl, ["http:", "https:"]),
    wsUrl: origin(options.wsUrl ?? defaults.wsUrl, ["ws:", "wss:"]),
  };
  return (context) => new BinanceIntegration(description, hosts, options, context);
}

/** Without trailing slashes, so that paths can be appended. */
function origin(url: string, protocols: readonly string[]): string {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (!parsed || !protocols.includes(parsed.protocol) || parsed.search !== "" || parsed.hash !== "") {
    throw venueError(
      "venue.bad-url",
      `${JSON.stringify(url)} is not an origin with ${protocols.join(" or ")}`,
    );
  }
  return parsed.href.replace(/\/+$/, "");
}
