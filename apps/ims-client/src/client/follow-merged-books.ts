import { type MergedBookMessage, mergedBookMessage } from "../records/merged-book-message.js";
import { type FollowOptions, followRecords, symbolFilter } from "./follow-records.js";

const STREAM = "merged-books";
const TOPIC = "books";
/** Merged books are named without them. */
const SEPARATORS = /[/\-_:\s]/g;

/**
 * Books of several exchanges as one, as the order-book service publishes them to the broker: those that the broker holds
 * from the start on, then those that come, until the signal or the end of the loop. Symbols are base and quote, `BTCUSDT`
 * or `BTC/USDT`. Needs no session with a service. The connection to the broker is made again when it is lost. The service
 * publishes the symbols of its `BOOK_PUBLISH_SYMBOLS`, or else those that somebody watches over gRPC.
 *
 * ```ts
 * for await (const { asks, bids, spread } of followMergedBooks({ symbols: "BTCUSDT" }))
 *   console.log(`${spread}`, bids[0]?.exchange, asks[0]?.exchange);
 * ```
 * @throws ImsError `client.no-broker`, `client.not-there` where no order-book service has written,
 * `client.invalid-argument`
 */
export async function* followMergedBooks(
  options: FollowOptions = {},
): AsyncGenerator<MergedBookMessage, void, undefined> {
  const { symbols = [] } = options;
  const names = typeof symbols === "string" ? [symbols] : symbols;
  const isWantedSymbol = symbolFilter(names.map((name) => name.replace(SEPARATORS, "")));
  yield* followRecords(options, {
    stream: STREAM,
    topic: TOPIC,
    type: "merged-book",
    consumer: "ims-merged-books",
    isWanted: ({ symbol }) => isWantedSymbol(symbol),
    messageOf: mergedBookMessage,
    notThere: () =>
      `The broker holds no merged books (${STREAM}/${TOPIC}). The order-book service writes them: ` +
      "npx nx run order-book-service:serve, with BOOK_PUBLISH_SYMBOLS for what nobody watches",
  });
}
