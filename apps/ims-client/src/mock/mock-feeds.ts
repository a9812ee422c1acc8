import { type DataType, dataTypeName, timeResolutionText } from "@ims/common";
import type { Subscription } from "../delivery/delivery.js";
import type { MarketMessage, MarketMessageType } from "../records/market-message.js";
import { dataTypeOfFeed, feedKindOf, feedTypeOf, isNotice } from "../records/record-kinds.js";

/** The feeds that a mock client has asked for, and how far each kind of data has come. */
export class MockFeeds {
  readonly #subscriptions = new Map<string, Subscription>();
  /** By topic. */
  readonly #offsets = new Map<string, number>();

  /** @param stream where the data of all feeds is said to stand */
  constructor(private readonly stream: string) {}

  get running(): readonly Subscription[] {
    return [...this.#subscriptions.values()];
  }

  start(dataType: DataType, resolution: number, symbol: string): Subscription {
    const key = feedText(dataType, resolution, symbol);
    const running = this.#subscriptions.get(key);
    if (running) return running;
    const { type } = feedKindOf(dataType);
    const text = timeResolutionText(resolution);
    const topic = dataTypeName(dataType)!;
    const subscription: Subscription = {
      type,
      symbol,
      ...(text ? { resolution: text } : {}),
      stream: this.stream,
      topic,
      partitionId: 0,
      instrumentId: 0,
      firstOffset: this.#offsets.get(topic) ?? 0,
    };
    this.#subscriptions.set(key, subscription);
    return subscription;
  }

  /** Whether it ran. */
  stop(dataType: DataType, resolution: number, symbol: string): boolean {
    return this.#subscriptions.delete(feedText(dataType, resolution, symbol));
  }

  /** How many ran. */
  stopAll(): number {
    const count = this.#subscriptions.size;
    this.#subscriptions.clear();
    return count;
  }

  /** Whether the feed of a message runs, or the one that a notice is about. */
  wants(message: MarketMessage): boolean {
    return this.running.some(({ type, symbol, resolution }) => {
      if (symbol !== message.symbol) return false;
      if (isNotice(message)) {
        const isAbout = dataTypeName(dataTypeOfFeed(type)) === message.data;
        return isAbout && (resolution ?? null) === message.resolution;
      }
      if (type !== feedTypeOf(message.type)) return false;
      return message.type !== "bar" || message.resolution === resolution;
    });
  }

  /** The offset of the next message of a type; they rise within each topic. */
  nextOffset(type: MarketMessageType): number {
    const topic =
      type === "gap" || type === "feed-status" ? type : dataTypeName(dataTypeOfFeed(feedTypeOf(type)))!;
    const offset = this.#offsets.get(topic) ?? 0;
    this.#offsets.set(topic, offset + 1);
    return offset;
  }
}

/** A feed in a few words: `trades BTCUSDT`, `bars BTCUSDT 1m`. */
export function feedText(dataType: DataType, resolution: number, symbol: string): string {
  return [dataTypeName(dataType), symbol, timeResolutionText(resolution)].filter((part) => part).join(" ");
}
