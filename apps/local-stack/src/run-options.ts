import { createLogger, ExchangeId, type Logger, systemClock } from "@ims/common";
import { optionsDeribitMarket, startDeribitSimulator } from "@ims/exchange-simulator";
import { FilterControl } from "@ims/filter-control";
import { buildFilter, TEMPLATE_ENTRY } from "@ims/filter-sdk";
import { filterService } from "@ims/filter-service";
import { IggyClient } from "@ims/iggy-client";
import { createDeribitIntegration } from "@ims/integration-deribit";
import { type DataService, type ProcessorService, startDataService, startProcessor } from "@ims/template";
import { ImsClient } from "ims-client";
import { freePort } from "./free-port.js";
import { freshDataFolder, leaveDataFolder } from "./fresh-data-folder.js";
import { showOptions } from "./show-options.js";
import { StackBroker } from "./stack-broker.js";
import type { StackOptions } from "./stack-options.js";

const HEALTH_PORT = 7070;
const FILTER_PORT = 9070;
const STREAM = "deribit-market-data";
const TOPIC = "option-tickers";
const OUTPUT = "filtered";
const FILTER = "strike-above";
const STRIKE = "85";
/** Whose options are shown unless symbols are named: strikes on both sides of the filter's. */
const UNDERLYING = "SOL_USDC-";
const ANSWER_MILLIS = 20_000;

/**
 * Starts a simulated options venue, the broker, the venue's service and the filter service; puts a filter written in
 * AssemblyScript on the option tickers, and prints what it lets through.
 * @param print takes one line
 * @param onMessage called after each printed ticker
 */
export async function runOptions(
  options: StackOptions,
  print: (line: string) => void,
  signal: AbortSignal,
  onMessage: () => void,
): Promise<void> {
  const broker = await StackBroker.choose();
  const { url } = broker;
  const dataDir = await freshDataFolder("options", broker);
  const logger = createLogger({
    name: "local-stack",
    level: "warn",
    pretty: process.stderr.isTTY,
    destination: process.stderr,
  });
  const market = optionsDeribitMarket(Math.floor(systemClock.nowMicros() / 1000), {
    ...(options.seed === undefined ? {} : { seed: options.seed }),
  });
  const venue = await startDeribitSimulator({ clock: systemClock, market });
  // Closes what still starts; later everything ends in an order, the broker last.
  const starting = new AbortController();
  const giveUp = () => starting.abort();
  signal.addEventListener("abort", giveUp);
  let service: DataService | undefined;
  let filters: ProcessorService | undefined;
  let client: ImsClient | undefined;
  let iggy: IggyClient | undefined;
  try {
    service = await startDataService({
      exchange: ExchangeId.Deribit,
      integration: createDeribitIntegration({ restUrl: venue.restUrl, wsUrl: venue.wsUrl }),
      settings: { iggyUrl: url, dataDir, httpPort: await freePort(HEALTH_PORT + ExchangeId.Deribit) },
      logger,
      signal: starting.signal,
    });
    await service.ready;
    filters = await startFilters(url, dataDir, logger, starting.signal);
    signal.removeEventListener("abort", giveUp);
    client = await ImsClient.connect({ url, exchange: ExchangeId.Deribit, signal });
    await client.login();
    const symbols =
      options.symbols.length > 0
        ? options.symbols
        : (await client.symbols()).flatMap(({ kind, symbol }) =>
            kind === "option" && symbol.startsWith(UNDERLYING) ? symbol : [],
          );
    iggy = await IggyClient.connect(url);
    const deployed = await deployFilter(iggy, signal);
    if (signal.aborted) return;
    await client.startOptionTickers(symbols);
    for (const line of [
      `Venue:    simulated options (${venue.restUrl}), ${symbols.length} contracts read`,
      await broker.line(service.healthUrl),
      `Filter:   ${FILTER} (WebAssembly, ${deployed} octets), strikes from ${STRIKE}; ${new URL("/status", filters.healthUrl)}`,
      ...broker.hints(["filter list", `filter set ${FILTER} --param strike=100`]),
      "",
    ])
      print(line);
    await showOptions({ client: iggy, stream: OUTPUT, topic: TOPIC, signal, print, onMessage });
  } finally {
    await client?.shutdown();
    await iggy?.close();
    await filters?.close();
    await service?.close();
    await venue.close();
    await leaveDataFolder(dataDir, broker);
  }
}

async function startFilters(
  iggyUrl: string,
  dataDir: string,
  logger: Logger,
  signal: AbortSignal,
): Promise<ProcessorService> {
  const choice = filterService({
    filterName: OUTPUT,
    sources: [{ stream: STREAM, topic: TOPIC, outputTopic: TOPIC }],
    start: "last",
    pollMillis: 250,
    trustedKeys: [],
    requireSignature: false,
    watchFile: undefined,
  });
  const filters = await startProcessor({
    ...choice,
    defaultPort: await freePort(FILTER_PORT),
    env: {},
    settings: { iggyUrl, dataDir, brokerMode: "external" },
    logger,
    signal,
  });
  await filters.ready;
  return filters;
}

/** Compiles the filter of the project template and waits until the service runs it. @returns its size in octets */
async function deployFilter(iggy: IggyClient, signal: AbortSignal): Promise<number> {
  const octets = await buildFilter(TEMPLATE_ENTRY);
  const control = await FilterControl.open(iggy);
  const sent = await control.deploy({
    name: FILTER,
    stream: STREAM,
    topic: TOPIC,
    octets,
    parameters: { strike: STRIKE },
    policy: "drop",
  });
  const answer = await sent.answer(ANSWER_MILLIS, signal);
  if (signal.aborted || answer?.kind === "deployed") return octets.length;
  throw new Error(
    answer?.kind === "refused"
      ? `the filter was refused: ${answer.reason}`
      : "the filter service gave no answer",
  );
}
