import { createLogger, ExchangeId, sleep, systemClock } from "@ims/common";
import type { BinanceMarketName } from "@ims/exchange-simulator";
import { createBinanceIntegration } from "@ims/integration-binance";
import { type DataService, startDataService } from "@ims/template";
import { ImsClient } from "ims-client";
import { freePort } from "./free-port.js";
import { DATA_ROOT, freshDataFolder, leaveDataFolder } from "./fresh-data-folder.js";
import { messageLine } from "./message-lines.js";
import { showAverages } from "./show-averages.js";
import { StackBroker } from "./stack-broker.js";
import type { StackOptions } from "./stack-options.js";
import { openVenue } from "./venue.js";

const EXCHANGES: Readonly<Record<BinanceMarketName, ExchangeId>> = {
  spot: ExchangeId.BinanceSpot,
  "coin-future": ExchangeId.BinanceCoinMarginFuture,
  "usd-future": ExchangeId.BinanceUsdMarginFuture,
};
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
  const broker = await StackBroker.choose();
  const { url } = broker;
  const dataDir = options.source === "live" ? DATA_ROOT : await freshDataFolder(options.source, broker);
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
    for (const line of [
      `Market:   ${venue.title}`,
      await broker.line(service.healthUrl),
      `Health:   ${service.healthUrl}`,
      `Client:   number ${client.clientId}, session open, reading ${symbols.join(", ")}`,
      ...broker.hints(commandsToTry(options, client, symbols[0])),
      "",
    ])
      print(line);
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
    await leaveDataFolder(dataDir, broker);
  }
}

/** What `ims` shows of a run, beginning with what the run itself prints. */
function commandsToTry({ stack }: StackOptions, client: ImsClient, symbol: string | undefined): string[] {
  const exchange = client.exchange === ExchangeId.BinanceSpot ? "" : ` --exchange ${client.exchangeName}`;
  const trades = `trades ${symbol}${exchange}`;
  return stack === "averages" ? [`averages ${symbol}${exchange}`, trades] : [trades];
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
