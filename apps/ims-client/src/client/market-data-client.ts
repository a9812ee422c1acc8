import type { ImsClient } from "./ims-client.js";

/**
 * What programs use of a client. Write yours against it, so that their tests can give them a {@link MockImsClient}:
 *
 * ```ts
 * async function printTrades(client: MarketDataClient) {
 *   for await (const trade of client.trades()) console.log(trade.symbol, trade.price.toString());
 * }
 * ```
 */
export type MarketDataClient = Pick<ImsClient, keyof ImsClient>;
