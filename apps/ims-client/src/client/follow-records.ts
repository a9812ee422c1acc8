import { type Clock, describeError, isImsError, maskUrl, systemClock } from "@ims/common";
import { type ConsumedMessage, type Consumer, IggyClient, type PollStart } from "@ims/iggy-client";
import { decodeRecord, type MarketRecord } from "@ims/sbe";
import { fail } from "../errors/client-errors.js";
import { DEFAULT_IGGY_URL, wholeNumber } from "./connect-options.js";

/** Where reading begins: with the newest of each partition, the oldest, an offset of each partition, or a broker's time. */
export type FollowStart =
  | "last"
  | "first"
  | { readonly offset: number }
  | { readonly time: Date | number | bigint };

/** Messages that were there and cannot be read. */
export interface MissedMessages {
  readonly partitionId: number;
  /** The broker does not have this offset any more, or its bytes cannot be read. */
  readonly expectedOffset: number;
  /** Where reading goes on. */
  readonly foundOffset: number;
  readonly reason: string;
}

/** What all that follow a processor's topic take. */
export interface FollowOptions {
  /** Address of the broker. Default: `IGGY_URL` of the environment, else `iggy://iggy:iggy@localhost:8090`. */
  readonly url?: string | undefined;
  /** One symbol or several, in any case; none means all. */
  readonly symbols?: string | readonly string[] | undefined;
  /** Default `last`. */
  readonly from?: FollowStart | undefined;
  /** Longest wait for the broker. Default 5000. */
  readonly connectTimeoutMillis?: number | undefined;
  /** Ends the iteration. */
  readonly signal?: AbortSignal | undefined;
  readonly clock?: Clock | undefined;
  /** Told of everything that had to be left out. */
  readonly onMissed?: ((missed: MissedMessages) => void) | undefined;
}

type RecordOf<Type extends MarketRecord["type"]> = Extract<MarketRecord, { readonly type: Type }>;

/** A topic of one type of record, and what becomes of each. */
export interface FollowedTopic<Type extends MarketRecord["type"], Message> {
  readonly stream: string;
  readonly topic: string;
  readonly type: Type;
  /** Name of the consumer at the broker. */
  readonly consumer: string;
  isWanted(record: RecordOf<Type>): boolean;
  messageOf(record: RecordOf<Type>, partitionId: number, offset: number): Message;
  /** The sentence where the topic is not there. @param topics those of the stream; empty where there is no stream */
  notThere(topics: readonly string[]): string;
}

/**
 * The records of a topic that a processor writes: those that the broker holds from the start on, then those that come,
 * until the signal or the end of the loop. Needs no session with a service. The connection to the broker is made again
 * when it is lost.
 *
 * @throws ImsError `client.no-broker`, `client.not-there` where nobody has written, `client.invalid-argument`
 */
export async function* followRecords<Type extends MarketRecord["type"], Message>(
  options: FollowOptions,
  source: FollowedTopic<Type, Message>,
): AsyncGenerator<Message, void, undefined> {
  const { signal } = options;
  const start = startOf(options.from ?? "last");
  let client: IggyClient | undefined;
  let consumer: Consumer | undefined;
  const end = () => void consumer?.close().catch(() => undefined);
  signal?.addEventListener("abort", end, { once: true });
  try {
    client = await connect(options);
    if (signal?.aborted) return;
    const newest = await newestOffsets(client, source);
    const { consumer: name, stream, topic } = source;
    consumer = client.createConsumer({
      stream,
      topic,
      consumer: name,
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
      const record = read(message, source.type, (reason) => missed(partitionId, offset, offset + 1, reason));
      if (record && source.isWanted(record)) yield source.messageOf(record, partitionId, offset);
    }
  } catch (error) {
    if (!signal?.aborted) throw error;
  } finally {
    signal?.removeEventListener("abort", end);
    await consumer?.close().catch(() => undefined);
    await client?.close().catch(() => undefined);
  }
}

/** Whether a symbol was asked for. */
export function symbolFilter(symbols: FollowOptions["symbols"] = []): (symbol: string) => boolean {
  const wanted = new Set(
    (typeof symbols === "string" ? [symbols] : symbols).map((name) => name.toUpperCase()),
  );
  return (symbol) => wanted.size === 0 || wanted.has(symbol.toUpperCase());
}

async function connect(options: FollowOptions): Promise<IggyClient> {
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
 * @throws ImsError (rejected) `client.not-there` with what there is
 */
async function newestOffsets(
  client: IggyClient,
  source: Pick<FollowedTopic<MarketRecord["type"], unknown>, "stream" | "topic" | "notThere">,
): Promise<ReadonlyMap<number, number>> {
  const { stream, topic } = source;
  const found = await client.topics.get(stream, topic);
  if (found !== null) return new Map(found.partitions.map(({ id, currentOffset }) => [id, currentOffset]));
  const present = await client.streams.get(stream);
  const topics = present?.topics.map(({ name }) => name) ?? [];
  throw fail("client.not-there", source.notThere(topics), { context: { stream, topic } });
}

function read<Type extends MarketRecord["type"]>(
  { payload }: ConsumedMessage,
  type: Type,
  onMalformed: (reason: string) => void,
): RecordOf<Type> | undefined {
  try {
    const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
    const record = decodeRecord(view, 0, payload.byteLength);
    if (record?.type === type) return record as RecordOf<Type>;
    onMalformed(`the message is no ${type}`);
  } catch (error) {
    onMalformed(describeError(error));
  }
  return undefined;
}

/** @throws ImsError `client.invalid-argument` */
function startOf(from: FollowStart): PollStart {
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
