import {
  type Clock,
  describeError,
  didYouMean,
  ExchangeId,
  exchangeName,
  isImsError,
  maskUrl,
  systemClock,
} from "@ims/common";
import { type ConsumedMessage, type Consumer, IggyClient, type PollStart } from "@ims/iggy-client";
import { type AverageRecord, decodeRecord } from "@ims/sbe";
import { fail } from "../errors/client-errors.js";
import { type AverageMessage, averageMessage } from "../records/average-message.js";
import { resolveExchange } from "./client-settings.js";
import { DEFAULT_IGGY_URL, wholeNumber } from "./connect-options.js";

/** Where averages begin: with the newest of each partition, the oldest, an offset of each partition, or a broker's time. */
export type AveragesStart =
  | "last"
  | "first"
  | { readonly offset: number }
  | { readonly time: Date | number | bigint };

/** Averages that were there and cannot be read. */
export interface MissedAverages {
  readonly partitionId: number;
  /** The broker does not have this offset any more, or its bytes cannot be read. */
  readonly expectedOffset: number;
  /** Where reading goes on. */
  readonly foundOffset: number;
  readonly reason: string;
}

export interface AveragesOptions {
  /** Address of the broker. Default: `IGGY_URL` of the environment, else `iggy://iggy:iggy@localhost:8090`. */
  readonly url?: string | undefined;
  /** Id or name of the exchange whose trades are averaged. Default `binancespot`. */
  readonly exchange?: ExchangeId | string | undefined;
  /** Name of the aggregator's stream, its `IMS_AVERAGES_NAME`. Default `averages`. */
  readonly name?: string | undefined;
  /** As the exchange writes them, in any case; none means all. */
  readonly symbols?: string | readonly string[] | undefined;
  /** Only of windows of this length, in microseconds. */
  readonly windowMicros?: number | undefined;
  /** Default `last`. */
  readonly from?: AveragesStart | undefined;
  /** Longest wait for the broker. Default 5000. */
  readonly connectTimeoutMillis?: number | undefined;
  /** Ends the iteration. */
  readonly signal?: AbortSignal | undefined;
  readonly clock?: Clock | undefined;
  /** Told of everything that had to be left out. */
  readonly onMissed?: ((missed: MissedAverages) => void) | undefined;
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
  const { signal, name = "averages" } = options;
  const start = startOf(options.from ?? "last");
  const isWanted = filterOf(options);
  const topic = exchangeName(resolveExchange(options.exchange ?? ExchangeId.BinanceSpot))!;
  let client: IggyClient | undefined;
  let consumer: Consumer | undefined;
  const end = () => void consumer?.close().catch(() => undefined);
  signal?.addEventListener("abort", end, { once: true });
  try {
    client = await connect(options);
    if (signal?.aborted) return;
    const newest = await newestOffsets(client, name, topic);
    consumer = client.createConsumer({
      stream: name,
      topic,
      consumer: "ims-averages",
      start,
      commit: { kind: "manual" },
      onUnreadable: "skip",
    });
    const missed = (partitionId: number, expectedOffset: number, foundOffset: number, reason: string) =>
      options.onMissed?.({ partitionId, expectedOffset, foundOffset, reason });
    consumer.on("gap", ({ partitionId, expected, found, cause }) =>
      missed(partitionId, expected, found, cause),
    );
    consumer.on("unreadable", ({ partitionId, offset, error }) =>
      missed(partitionId, offset, offset + 1, describeError(error)),
    );
    for await (const message of consumer) {
      if (signal?.aborted) return;
      const { partitionId, offset } = message;
      // A start at the end of a topic begins some messages before it.
      if (start.kind === "last" && offset < (newest.get(partitionId) ?? 0)) continue;
      const record = readAverage(message, (reason) => missed(partitionId, offset, offset + 1, reason));
      if (record && isWanted(record)) yield averageMessage(record, partitionId, offset);
    }
  } catch (error) {
    if (!signal?.aborted) throw error;
  } finally {
    signal?.removeEventListener("abort", end);
    await consumer?.close().catch(() => undefined);
    await client?.close().catch(() => undefined);
  }
}

async function connect(options: AveragesOptions): Promise<IggyClient> {
  const url = options.url ?? (process.env.IGGY_URL || DEFAULT_IGGY_URL);
  const timeout = wholeNumber("connectTimeoutMillis", options.connectTimeoutMillis ?? 5000, 1, 3_600_000);
  try {
    return await IggyClient.connect(url, {
      clock: options.clock ?? systemClock,
      connectTimeoutMillis: timeout,
      ...(options.signal ? { signal: options.signal } : {}),
    });
  } catch (error) {
    if (options.signal?.aborted || (isImsError(error) && !error.retryable)) throw error;
    const detail = `No Iggy server answered at ${maskUrl(url)} within ${timeout / 1000} s`;
    throw fail("client.no-broker", detail, { cause: error, context: { url: maskUrl(url) } });
  }
}

/**
 * The last offset of each partition.
 * @throws ImsError (rejected) `client.not-there` with the sources that there are
 */
async function newestOffsets(
  client: IggyClient,
  name: string,
  topic: string,
): Promise<ReadonlyMap<number, number>> {
  const found = await client.topics.get(name, topic);
  if (found !== null) return new Map(found.partitions.map(({ id, currentOffset }) => [id, currentOffset]));
  const stream = await client.streams.get(name);
  const sources = stream?.topics.map((present) => present.name) ?? [];
  const present = sources.length > 0 ? `, only of ${sources.join(", ")}${didYouMean(topic, sources)}` : "";
  throw fail(
    "client.not-there",
    `Stream ${name} has no averages of ${topic}${present}. The aggregator writes them: ` +
      `npx nx run aggregator-service:serve with IMS_AVERAGE_SOURCES=${topic}`,
    { context: { stream: name, topic } },
  );
}

function readAverage(message: ConsumedMessage, onMalformed: (reason: string) => void) {
  const { payload } = message;
  try {
    const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
    const record = decodeRecord(view, 0, payload.byteLength);
    if (record?.type === "average") return record;
    onMalformed("the message is no Average");
  } catch (error) {
    onMalformed(describeError(error));
  }
  return undefined;
}

function filterOf({ symbols = [], windowMicros }: AveragesOptions): (record: AverageRecord) => boolean {
  const wanted = new Set(
    (typeof symbols === "string" ? [symbols] : symbols).map((text) => text.toUpperCase()),
  );
  return ({ symbol, windowStartMicros, windowEndMicros }) =>
    (wanted.size === 0 || wanted.has(symbol.toUpperCase())) &&
    (windowMicros === undefined || windowEndMicros - windowStartMicros === windowMicros);
}

/** @throws ImsError `client.invalid-argument` */
function startOf(from: AveragesStart): PollStart {
  if (from === "last" || from === "first") return { kind: from };
  const isTime = "time" in from;
  const { time, offset } = { time: 0, offset: 0, ...from };
  const value = isTime ? (time instanceof Date ? time.getTime() * 1000 : Number(time)) : offset;
  if (Number.isSafeInteger(value) && value >= 0) return { kind: isTime ? "timestamp" : "offset", value };
  throw fail(
    "client.invalid-argument",
    `from.${isTime ? "time" : "offset"} is ${value}, expected last, first, an offset from 0, a Date or microseconds since 1970`,
  );
}
