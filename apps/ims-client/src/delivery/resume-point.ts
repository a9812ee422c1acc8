import { marketDataTopicOf, type TimeResolutionText, timeResolutionOf } from "@ims/common";
import { fail } from "../errors/client-errors.js";
import type { DataMessage } from "../records/market-message.js";
import { dataTypeOfFeed, feedTypeOf } from "../records/record-kinds.js";
import type { Subscription } from "./delivery.js";

/** Where one feed goes on. */
export interface FeedPosition {
  /** Topic of the data, for example `trades`. */
  readonly data: string;
  readonly symbol: string;
  /** Only of bars. */
  readonly resolution?: TimeResolutionText;
  readonly partitionId: number;
  /** Of the next record. */
  readonly offset: number;
}

const FORM = "the JSON text of a ResumePoint";

/**
 * How far a program has come in its feeds, so that a later run goes on behind the last message that this one handled:
 *
 * ```ts
 * const point = new ResumePoint(await client.startTradeData(symbols, { from: saved ? ResumePoint.parse(saved) : "now" }));
 * for await (const trade of client.trades()) {
 *   handle(trade);
 *   point.passed(trade);
 *   // now and then: save(JSON.stringify(point))
 * }
 * ```
 *
 * As large as the number of feeds. A point belongs to one exchange and one broker.
 */
export class ResumePoint {
  readonly #positions = new Map<string, FeedPosition>();

  /** @param subscriptions feeds that go on where they began if none of their messages is passed */
  constructor(subscriptions: readonly Subscription[] = []) {
    for (const subscription of subscriptions) this.began(subscription);
  }

  /**
   * Reads what `JSON.stringify` made of a point.
   * @throws ImsError `client.invalid-argument`
   */
  static parse(text: string): ResumePoint {
    const point = new ResumePoint();
    for (const item of readList(text)) point.#set(readPosition(item));
    return point;
  }

  get positions(): readonly FeedPosition[] {
    return [...this.#positions.values()];
  }

  /** A feed begins where its subscription says. */
  began({ type, symbol, resolution, partitionId, firstOffset }: Subscription): void {
    const data = marketDataTopicOf(dataTypeOfFeed(type))!;
    this.#set({ data, symbol, ...(resolution ? { resolution } : {}), partitionId, offset: firstOffset });
  }

  /** The message was handled: its feed goes on behind it. */
  passed(message: DataMessage): void {
    const { symbol, partitionId, offset } = message;
    const data = marketDataTopicOf(dataTypeOfFeed(feedTypeOf(message.type)))!;
    const resolution = message.type === "bar" ? message.resolution : undefined;
    this.#set({ data, symbol, ...(resolution ? { resolution } : {}), partitionId, offset: offset + 1 });
  }

  /** Where a feed goes on; undefined for one that the point does not hold. */
  find(data: string, symbol: string, resolution?: TimeResolutionText): FeedPosition | undefined {
    return this.#positions.get(keyOf(data, symbol, resolution));
  }

  /** For `JSON.stringify`. */
  toJSON(): readonly FeedPosition[] {
    return this.positions;
  }

  #set(position: FeedPosition): void {
    this.#positions.set(keyOf(position.data, position.symbol, position.resolution), position);
  }
}

function keyOf(data: string, symbol: string, resolution: string | undefined): string {
  return `${data} ${resolution ?? ""} ${symbol}`;
}

function readList(text: string): readonly unknown[] {
  try {
    const value: unknown = JSON.parse(text);
    if (Array.isArray(value)) return value;
  } catch {
    // Told below, without the parser's words about places in a text that nobody sees.
  }
  throw fail("client.invalid-argument", `The text is not ${FORM}`);
}

function readPosition(item: unknown): FeedPosition {
  const { data, symbol, resolution, partitionId, offset } = (item ?? {}) as Record<string, unknown>;
  const isSound =
    typeof data === "string" &&
    typeof symbol === "string" &&
    (resolution === undefined || (typeof resolution === "string" && timeResolutionOf(resolution))) &&
    Number.isSafeInteger(partitionId) &&
    Number.isSafeInteger(offset) &&
    (partitionId as number) >= 0 &&
    (offset as number) >= 0;
  if (!isSound) throw fail("client.invalid-argument", `The text is not ${FORM}: ${JSON.stringify(item)}`);
  return {
    data,
    symbol,
    ...(resolution === undefined ? {} : { resolution: resolution as TimeResolutionText }),
    partitionId: partitionId as number,
    offset: offset as number,
  };
}
