import { createLogger, exchangeName, systemClock } from "@ims/common";
import {
  BrokerSource,
  MERGED_STREAM,
  MERGED_TOPIC,
  type OrderBookService,
  startOrderBookService,
} from "@ims/order-book-service";
import { type DataService, startDataService } from "@ims/template";
import { freeAddress, freePort } from "./free-port.js";
import { freshDataFolder, leaveDataFolder } from "./fresh-data-folder.js";
import { showBooks } from "./show-books.js";
import { StackBroker } from "./stack-broker.js";
import { fail, type StackOptions } from "./stack-options.js";
import { openThreeVenues, type SimulatedVenue } from "./three-venues.js";

const HEALTH_PORT = 7070;
const GRPC_PORT = 9051;
/** Where `ims merged` looks unless it is told otherwise. */
const DEFAULT_ADDRESS = `[::1]:${GRPC_PORT}`;
const SYMBOL = "BTCUSDT";
const STALE_MILLIS = 10_000;
const RELEASE_MILLIS = 30_000;

/** Where a run writes. */
export interface StackOutput {
  readonly isTerminal: boolean;
  readonly isColoured: boolean;
  readonly write: (text: string) => void;
}

/**
 * Starts three simulated venues, the broker, a service for each venue and the order-book service; shows the merged
 * book of one symbol until the signal, and ends everything again.
 * @param onMessage called after each state that was shown and has levels
 */
export async function runBooks(
  options: StackOptions,
  output: StackOutput,
  signal: AbortSignal,
  onMessage: () => void,
): Promise<void> {
  const broker = await StackBroker.choose();
  const { url } = broker;
  const dataDir = await freshDataFolder("books", broker);
  const logger = createLogger({
    name: "local-stack",
    level: "warn",
    pretty: process.stderr.isTTY,
    destination: process.stderr,
  });
  const symbol = options.symbols[0] ?? SYMBOL;
  let venues: readonly SimulatedVenue[] = [];
  const services: DataService[] = [];
  let books: OrderBookService | undefined;
  const starting = new AbortController();
  const giveUp = () => starting.abort();
  signal.addEventListener("abort", giveUp);
  try {
    venues = await openThreeVenues(systemClock, options.seed);
    for (const { exchange, integration } of venues) {
      const httpPort = await freePort(HEALTH_PORT + exchange);
      const settings = { iggyUrl: url, dataDir, httpPort };
      // One after the other: the first starts the broker, the others find it.
      const service = await startDataService({
        exchange,
        integration,
        settings,
        logger,
        signal: starting.signal,
      });
      services.push(service);
      await service.ready;
    }
    signal.removeEventListener("abort", giveUp);
    const address = await freeAddress(GRPC_PORT);
    const names = venues.map(({ exchange }) => exchangeName(exchange)!);
    books = await startOrderBookService({
      sources: names.map((venue) => new BrokerSource(venue, { url, clock: systemClock, logger })),
      address,
      staleAfterMillis: STALE_MILLIS,
      releaseAfterMillis: RELEASE_MILLIS,
      publishing: { url, symbols: [], depth: 20, intervalMillis: 100 },
      logger,
    });
    await allListed(books, symbol, names.length, signal);
    const at = address === DEFAULT_ADDRESS ? "" : ` --grpc-addr '${address}'`;
    for (const line of [
      `Venues:   simulated ${venues.map(({ title, url }) => `${title} (${url})`).join(", ")}`,
      await broker.line(services[0]!.healthUrl),
      `Books:    gRPC on ${address}`,
      ...broker.hints([`iggy tail ${MERGED_STREAM}/${MERGED_TOPIC}`], [`npx ims merged ${symbol}${at}`]),
      "",
    ])
      output.write(`${line}\n`);
    await showBooks({ address, symbol, clock: systemClock, signal, onMessage, ...output });
  } finally {
    await books?.close();
    // The first one runs the broker, which the others need until their end.
    for (const service of services.reverse()) await service.close();
    await Promise.all(venues.map((venue) => venue.close()));
    await leaveDataFolder(dataDir, broker);
  }
}

/** Waits until every venue that has the symbol is known, or all have told their lists. */
async function allListed(
  { hub }: OrderBookService,
  symbol: string,
  count: number,
  signal: AbortSignal,
): Promise<void> {
  await hub.whenListed(count, signal);
  if (!signal.aborted && !hub.symbols.find(symbol)) {
    const near = hub.symbols.suggestions(symbol);
    const names = near.length > 0 ? near : hub.symbols.all.map(({ name }) => name);
    throw fail("local-stack.symbol", `no simulated venue lists ${symbol}; there are ${names.join(", ")}`);
  }
}
