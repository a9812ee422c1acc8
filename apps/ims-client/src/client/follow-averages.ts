import { didYouMean, ExchangeId, exchangeName } from "@ims/common";
import { type AverageMessage, averageMessage } from "../records/average-message.js";
import { resolveExchange } from "./client-settings.js";
import { type FollowOptions, followRecords, symbolFilter } from "./follow-records.js";

/** Symbols are named as the exchange writes them. */
export interface AveragesOptions extends FollowOptions {
  /** Id or name of the exchange whose trades are averaged. Default `binancespot`. */
  readonly exchange?: ExchangeId | string | undefined;
  /** Name of the aggregator's stream, its `IMS_AVERAGES_NAME`. Default `averages`. */
  readonly name?: string | undefined;
  /** Only of windows of this length, in microseconds. */
  readonly windowMicros?: number | undefined;
}

/**
 * Averages of an exchange's trades, as the aggregator service publishes them: those that the broker holds from the start
 * on, then those that come, until the signal or the end of the loop. Needs no session with a service. The connection to
 * the broker is made again when it is lost.
 *
 * ```ts
 * for await (const { symbol, vwap } of followAverages({ symbols: "BTCUSDT" })) console.log(symbol, `${vwap}`);
 * ```
 * @throws ImsError `client.no-broker`, `client.not-there` where no aggregator has written, `client.invalid-argument`
 */
export async function* followAverages(
  options: AveragesOptions = {},
): AsyncGenerator<AverageMessage, void, undefined> {
  const { exchange = ExchangeId.BinanceSpot, name = "averages", symbols, windowMicros } = options;
  const topic = exchangeName(resolveExchange(exchange))!;
  const isWantedSymbol = symbolFilter(symbols);
  yield* followRecords(options, {
    stream: name,
    topic,
    type: "average",
    consumer: "ims-averages",
    isWanted: ({ symbol, windowStartMicros, windowEndMicros }) =>
      isWantedSymbol(symbol) &&
      (windowMicros === undefined || windowEndMicros - windowStartMicros === windowMicros),
    messageOf: averageMessage,
    notThere: (sources) => {
      const present =
        sources.length > 0 ? `, only of ${sources.join(", ")}${didYouMean(topic, sources)}` : "";
      return (
        `Stream ${name} has no averages of ${topic}${present}. The aggregator writes them: ` +
        `npx nx run aggregator-service:serve with IMS_AVERAGE_SOURCES=${topic}`
      );
    },
  });
}
