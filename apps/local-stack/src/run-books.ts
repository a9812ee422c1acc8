import { createLogger, exchangeName, systemClock } from "@ims/common";
import {
  BrokerSource,
  MERGED_STREAM,
  MERGED_TOPIC,
  type OrderBookService,
  startOrderBookService,
} from "@ims/order-book-service";
import { type DataService, startDataService } from "@ims/template";
import { freePort } from "./free-port.js";
import { freshDataFolder } from "./fresh-data-folder.js";
import { showBooks } from "./show-books.js";
import type { StackOptions } from "./stack-options.js";
import { openThreeVenues, type SimulatedVenue } from "./three-venues.js";

const BROKER_PORT = 8090;
const HEALTH_PORT = 7070;
const GRPC_PORT = 9051;
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
  const url = process.env.IGGY_URL ?? `iggy://iggy:iggy@127.0.0.1:${await freePort(BROKER_PORT)}`;
  const dataDir = await freshDataFolder("books");
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
    const port = await freePort(GRPC_PORT);
    const address = `127.0.0.1:${port}`;
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
    for (const line of introduction(venues, url, address, symbol)) output.write(`${line}\n`);
    await showBooks({ address, symbol, clock: systemClock, signal, onMessage, ...output });
  } finally {
    await books?.close();
    // The first one runs the broker, which the others need until their end.
    for (const service of services.reverse()) await service.close();
    await Promise.all(venues.map((venue) => venue.close()));
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
    throw new Error(`no venue lists ${symbol}; near names: ${hub.symbols.suggestions(symbol).join(", ")}`);
  }
}

function introduction(venues: readonly SimulatedVenue[], url: string, address: string, symbol: string) {
  const broker = url.endsWith(`:${BROKER_PORT}`) ? "" : `IGGY_URL=${url} `;
  return [
    `Venues:   simulated ${venues.map(({ title, url: at }) => `${title} (${at})`).join(", ")}`,
    `Broker:   embedded, ${url.replace(/\/\/[^@]*@/, "//")} (Apache Iggy protocol 0.11)`,
    `Books:    gRPC on ${address}`,
    `Try in another terminal: npx ims merged ${symbol} --grpc-addr ${address}`,
    `                         ${broker}npx ims iggy tail ${MERGED_STREAM}/${MERGED_TOPIC}`,
    "",
  ];
}
