import { type DataType, GapReason } from "@ims/common";
import { createGapFields, type JsonObject, type OpenFeed, Unusable } from "@ims/integration-kit";
import type { IntegrationContext } from "@ims/traits";
import type { Walkers } from "../decode/walkers.js";
import { type DeribitFeed, type FeedParts, requireObject } from "./deribit-feed.js";

/**
 * A feed whose records each say all that is so at a time. What was missed cannot be had later: there is a Gap from the
 * last record before it to the first one after it.
 */
export abstract class StateFeed<Fields> implements DeribitFeed {
  /** What is read as JSON is filled into. */
  protected abstract readonly record: Fields;
  protected readonly feed: OpenFeed;
  protected readonly context: IntegrationContext;
  #lastMicros = 0;
  #loss: GapReason = GapReason.Unknown;

  constructor({ context, feed }: FeedParts) {
    this.feed = feed;
    this.context = context;
  }

  read(data: unknown, receiveMicros: number): void {
    try {
      this.fill(requireObject(data, "the data of a channel"), receiveMicros);
    } catch (error) {
      if (error instanceof Unusable) this.#lost(GapReason.SequenceBroken);
      throw error;
    }
    this.#tell(this.record, receiveMicros);
  }

  walked(walkers: Walkers, receiveMicros: number): void {
    this.#tell(this.walkedRecord(walkers), receiveMicros);
  }

  interrupted(): void {
    this.#lost(GapReason.ConnectionLost);
  }

  /** Fills the walker's record, as {@link DeribitFeed.walk}. */
  abstract walk(walkers: Walkers, start: number, receiveMicros: number): number;
  /** What {@link walk} filled: one for all feeds of a connection, so that it stays in the processor's cache. */
  protected abstract walkedRecord(walkers: Walkers): Fields;

  /** Fills {@link record}. Throws `Unusable`. */
  protected abstract fill(row: JsonObject, receiveMicros: number): void;
  protected abstract publish(record: Fields): void;

  /** The record is whole: it is passed on, behind the Gap before it. */
  #tell(record: Fields, receiveMicros: number): void {
    this.feed.seen(receiveMicros);
    if (this.#loss !== GapReason.Unknown) this.#tellGap(receiveMicros);
    this.#lastMicros = receiveMicros;
    this.publish(record);
  }

  #lost(reason: GapReason): void {
    if (this.#lastMicros !== 0 && this.#loss === GapReason.Unknown) this.#loss = reason;
  }

  #tellGap(receiveMicros: number): void {
    const gap = createGapFields(this.feed.instrumentId, this.feed.request.dataType as DataType);
    gap.receiveMicros = receiveMicros;
    gap.reason = this.#loss;
    gap.fromMicros = this.#lastMicros;
    gap.toMicros = receiveMicros;
    this.#loss = GapReason.Unknown;
    this.context.sink.gap(gap);
  }
}
