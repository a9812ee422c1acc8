import { createLogger, ExchangeId, sleep, systemClock } from "@ims/common";
import type { BinanceMarketName } from "@ims/exchange-simulator";
import { createBinanceIntegration } from "@ims/integration-binance";
import { type DataService, startDataService } from "@ims/template";
import { ImsClient } from "ims-client";
import { freePort } from "./free-port.js";
import { DATA_ROOT, freshDataFolder } from "./fresh-data-folder.js";
import { messageLine } from "./message-lines.js";
import { showAverages } from "./show-averages.js";
import type { StackOptions } from "./stack-options.js";
import { openVenue, type Venue } from "./venue.js";

const EXCHANGES: Readonly<Record<BinanceMarketName, ExchangeId>> = {
  spot: ExchangeId.BinanceSpot,
  "coin-future": ExchangeId.BinanceCoinMarginFuture,
  "usd-future": ExchangeId.BinanceUsdMarginFuture,
};
const BROKER_PORT = 8090;
const HEALTH_PORT = 7070;
const RECORDING_IDLE_MILLIS = 1000;

/**
 * Starts venue, broker and service, prints what a client of them receives, and ends everything again.
 * @param print takes one line
 * @param onMessage called after each printed message
 * @param stop ends the run when aborted; the run aborts it itself when its recording is over
 */
export async function runStack(
  options: StackOptions,
  print: (line: string) => void,
  stop: AbortController,
  onMessage: () => void,
): Promise<void> {
  const { signal } = stop;
  // Closes the service only while it starts: later the client logs out first, which needs the service.
  const starting = new AbortController();
  const giveUp = () => starting.abort();
  signal.addEventListener("abort", giveUp);
  const venue = await openVenue(options, systemClock);
  const exchange = EXCHANGES[venue.market];
  const url = process.env.IGGY_URL ?? `iggy://iggy:iggy@127.0.0.1:${await freePort(BROKER_PORT)}`;
  const dataDir = options.source === "live" ? DATA_ROOT : await freshDataFolder(options.source);
  const logger = createLogger({
    name: "local-stack",
    level: "warn",
    pretty: process.stderr.isTTY,
    destination: process.stderr,
  });
  let service: DataService | undefined;
  let client: ImsClient | undefined;
  try {
    service = await startDataService({
      exchange,
      integration: createBinanceIntegration(venue.market, {
        tradesChannel: venue.tradesChannel,
        restUrl: venue.simulator?.restUrl,
        wsUrl: venue.simulator?.wsUrl,
      }),
      settings: {
        iggyUrl: url,
        dataDir,
        httpPort: await freePort(HEALTH_PORT + exchange),
      },
      logger,
      signal: starting.signal,
    });
    await service.ready;
    signal.removeEventListener("abort", giveUp);
    client = await ImsClient.connect({ url, exchange, signal });
    await client.login();
    const symbols = options.symbols.length > 0 ? options.symbols : venue.symbols;
    for (const line of introduction(venue, service, client, url, symbols)) print(line);
    await client.startTradeData(symbols);
    await client.startOhlcvData(symbols, "1m");
    const activity = { lastMillis: systemClock.monotonicMillis() };
    if (options.source === "recording") {
      void venue.simulator?.finished.then(
        () => stopWhenIdle(activity, stop),
        () => stop.abort(),
      );
    }
    const show = (line: string) => {
      activity.lastMillis = systemClock.monotonicMillis();
      print(line);
      onMessage();
    };
    if (options.stack === "averages") {
      await showAverages({ url, exchange: client.exchangeName, dataDir, logger, signal, show });
    } else {
      for await (const message of client.messages({ signal })) show(messageLine(message));
    }
  } finally {
    await client?.shutdown();
    await service?.close();
    await venue.simulator?.close();
  }
}

function introduction(
  venue: Venue,
  service: DataService,
  client: ImsClient,
  url: string,
  symbols: readonly string[],
) {
  const other = url.endsWith(`:${BROKER_PORT}`) ? "" : `IGGY_URL=${url} `;
  const exchange = client.exchange === ExchangeId.BinanceSpot ? "" : ` --exchange ${client.exchangeName}`;
  return [
    `Market:   ${venue.title}`,
    `Broker:   embedded, ${url.replace(/\/\/[^@]*@/, "//")} (Apache Iggy protocol 0.11)`,
    `Health:   ${service.healthUrl}`,
    `Client:   number ${client.clientId}, session open, reading ${symbols.join(", ")}`,
    `Try in another terminal: ${other}npx ims trades ${symbols[0]}${exchange}`,
    "",
  ];
}

/** What is in flight when a recording ends still reaches the client: the run ends when nothing came for a while. */
async function stopWhenIdle(activity: { readonly lastMillis: number }, stop: AbortController): Promise<void> {
  for (;;) {
    const idleMillis = systemClock.monotonicMillis() - activity.lastMillis;
    if (idleMillis >= RECORDING_IDLE_MILLIS || stop.signal.aborted) break;
    await sleep(systemClock, RECORDING_IDLE_MILLIS - idleMillis);
  }
  stop.abort();
}
