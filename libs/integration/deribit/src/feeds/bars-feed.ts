import { BarState, DataType, GapReason, type TimeResolution, timeResolutionOf } from "@ims/common";
import {
  atScale,
  commonScale,
  createGapFields,
  type JsonObject,
  type OpenFeed,
  Unusable,
} from "@ims/integration-kit";
import type { BarFields, IntegrationContext } from "@ims/traits";
import { readNumber, readTimestamp } from "../json/number-fields.js";
import { type DeribitFeed, type FeedParts, fillHead, requireObject } from "./deribit-feed.js";

const MINUTE_MICROS = 60_000_000;
const UNIT_MINUTES: Readonly<Record<string, number>> = { m: 1, h: 60, d: 1440 };

/**
 * The bars of one instrument and length. The running one is sent again with every change and never marked as closed:
 * it is, as it was sent last, when one with a later time arrives (deribit.md section 5). Bars without trades are sent,
 * too, so one that is stepped over, or that ended while the connection was down, is a Gap.
 */
export class BarsFeed implements DeribitFeed {
  readonly #feed: OpenFeed;
  readonly #context: IntegrationContext;
  readonly #resolution: TimeResolution;
  readonly #lengthMicros: number;
  #running = createBarFields();
  #next = createBarFields();
  /** Why the running bar may lack something; undefined while nothing of it can have been missed. */
  #loss: GapReason | undefined;

  constructor({ context, feed }: FeedParts) {
    this.#feed = feed;
    this.#context = context;
    const text = feed.request.resolution ?? "1m";
    this.#resolution = timeResolutionOf(text) ?? 1;
    this.#lengthMicros = Number(text.slice(0, -1)) * (UNIT_MINUTES[text.slice(-1)] ?? 1) * MINUTE_MICROS;
  }

  read(data: unknown, receiveMicros: number): void {
    const bar = this.#next;
    try {
      this.#fill(bar, requireObject(data, "the data of a bar"), receiveMicros);
    } catch (error) {
      if (error instanceof Unusable) this.#loss ??= GapReason.SequenceBroken;
      throw error;
    }
    const running = this.#running;
    // An older bar is none of the running one's: the venue repeats itself.
    if (running.openMicros > bar.openMicros) return;
    this.#feed.seen(receiveMicros);
    if (running.openMicros !== 0 && running.openMicros < bar.openMicros) this.#end(running, bar);
    this.#loss = undefined;
    this.#running = bar;
    this.#next = running;
    this.#context.sink.bar(bar);
  }

  interrupted(): void {
    this.#loss = GapReason.ConnectionLost;
  }

  #end(last: BarFields, following: BarFields): void {
    const isWhole = this.#loss === undefined;
    const firstMissing = isWhole ? last.openMicros + this.#lengthMicros : last.openMicros;
    if (isWhole) {
      last.state = BarState.Closed;
      last.eventMicros = following.eventMicros;
      last.receiveMicros = following.receiveMicros;
      this.#context.sink.bar(last);
    }
    if (firstMissing < following.openMicros) this.#tellGap(firstMissing, following);
  }

  #tellGap(fromMicros: number, { openMicros, receiveMicros }: BarFields): void {
    const gap = createGapFields(this.#feed.instrumentId, DataType.Bar);
    gap.resolution = this.#resolution;
    gap.receiveMicros = receiveMicros;
    gap.reason = this.#loss ?? GapReason.SequenceBroken;
    gap.fromMicros = fromMicros;
    gap.toMicros = openMicros;
    gap.missingCount = Math.round((openMicros - fromMicros) / this.#lengthMicros);
    this.#context.sink.gap(gap);
  }

  /** The venue counts neither trades nor the takers' part: both are 0. Throws `Unusable`. */
  #fill(bar: BarFields, row: JsonObject, receiveMicros: number): void {
    const { priceScale, quantityScale } = this.#feed.instrument;
    const openMicros = readTimestamp(row, "tick");
    fillHead(bar, this.#feed, openMicros, receiveMicros);
    bar.eventMicros = 0;
    bar.resolution = this.#resolution;
    bar.state = BarState.Forming;
    bar.openMicros = openMicros;
    bar.closeMicros = openMicros + this.#lengthMicros - 1000;
    const open = readNumber(row, "open");
    const high = readNumber(row, "high");
    const low = readNumber(row, "low");
    const close = readNumber(row, "close");
    bar.priceScale = commonScale([open, high, low, close], priceScale, "open, high, low, close");
    bar.open = atScale(open, bar.priceScale);
    bar.high = atScale(high, bar.priceScale);
    bar.low = atScale(low, bar.priceScale);
    bar.close = atScale(close, bar.priceScale);
    if (bar.low > bar.open || bar.low > bar.close || bar.high < bar.open || bar.high < bar.close)
      throw new Unusable("bad-number", "open or close is beyond high and low");
    const volume = readNumber(row, "volume");
    bar.quantityScale = commonScale([volume], quantityScale, "volume");
    bar.volume = atScale(volume, bar.quantityScale);
    const cost = readNumber(row, "cost");
    bar.quoteScale = commonScale([cost], 0, "cost");
    bar.quoteVolume = atScale(cost, bar.quoteScale);
  }
}

function createBarFields(): BarFields {
  return {
    instrumentId: 0,
    eventMicros: 0,
    sendMicros: 0,
    receiveMicros: 0,
    flags: 0,
    resolution: 1,
    state: BarState.Forming,
    openMicros: 0,
    closeMicros: 0,
    open: 0n,
    high: 0n,
    low: 0n,
    close: 0n,
    volume: 0n,
    takerVolume: 0n,
    quoteVolume: 0n,
    priceScale: 0,
    quantityScale: 0,
    quoteScale: 0,
    tradeCount: 0,
  };
}
