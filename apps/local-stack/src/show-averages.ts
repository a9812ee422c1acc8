import { averagesProcessor, readPlan } from "@ims/aggregation";
import { AverageMethod, type Logger } from "@ims/common";
import { IggyClient } from "@ims/iggy-client";
import { type AverageRecord, decodeRecord } from "@ims/sbe";
import { startProcessor, typedRecords } from "@ims/template";
import { freePort } from "./free-port.js";

export interface ShownAverages {
  readonly url: string;
  /** Lower-case name, as in stream names. */
  readonly exchange: string;
  readonly dataDir: string;
  readonly logger: Logger;
  readonly signal: AbortSignal;
  /** Takes one line for each average. */
  readonly show: (line: string) => void;
}

const NAME = "averages";
const HEALTH_PORT = 9060;

/** Runs the averages of the exchange's trades, and shows them until the signal. */
export async function showAverages({
  url,
  exchange,
  dataDir,
  logger,
  signal,
  show,
}: ShownAverages): Promise<void> {
  const plan = readPlan({
    windows: ["1s", "10s"],
    halfLives: ["20t", "30s"],
    lateness: "500ms",
    revisableWindows: 2,
    emptyWindows: false,
    extraDigits: 2,
  });
  const processor = await startProcessor({
    processor: averagesProcessor(NAME, plan, typedRecords),
    sources: [{ stream: `${exchange}-market-data`, topic: "trades", outputTopic: exchange }],
    start: "last",
    defaultPort: await freePort(HEALTH_PORT),
    env: {},
    settings: { iggyUrl: url, brokerMode: "external", dataDir },
    logger,
    signal,
  });
  let client: IggyClient | undefined;
  try {
    await processor.ready;
    client = await IggyClient.connect(url);
    const consumer = client.createConsumer({ stream: NAME, topic: exchange, consumer: "local-stack" });
    const end = () => void consumer.close();
    signal.addEventListener("abort", end, { once: true });
    if (signal.aborted) return;
    consumer.start();
    for await (const batch of consumer.batches()) {
      while (batch.next()) {
        const record = decodeRecord(batch.view, batch.payloadStart, batch.payloadLength);
        if (record?.type === "average") show(averageLine(record));
      }
      batch.release();
    }
  } finally {
    await client?.close();
    await processor.close();
  }
}

function averageLine(average: AverageRecord): string {
  const { symbol, value, windowStartMicros, windowEndMicros, nominalCount, nominalMicros, method } = average;
  const length = `${(windowEndMicros - windowStartMicros) / 1e6} s`.padEnd(5);
  const head = `average  ${timeOfDay(windowEndMicros)}  ${symbol.padEnd(12)}  ${length}`;
  if (method === AverageMethod.Simple) {
    const { tradeCount, twap, volume, vwap } = average;
    return `${head}  mean ${value}  vwap ${vwap}  twap ${twap}  volume ${volume}  trades ${tradeCount}`;
  }
  const halfLife = nominalCount === undefined ? `${(nominalMicros ?? 0) / 1e6} s` : `${nominalCount} trades`;
  return `${head}  exponential ${value}  half-life ${halfLife}`;
}

/** In UTC, to the second. */
function timeOfDay(micros: number): string {
  return new Date(Math.floor(micros / 1000)).toISOString().slice(11, 19);
}
