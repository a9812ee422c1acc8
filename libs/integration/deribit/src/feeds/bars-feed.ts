import { BarState, DataType, GapReason, timeResolutionOf } from "@ims/common";
import { createGapFields, type OpenFeed, Unusable } from "@ims/integration-kit";
import type { BarFields, IntegrationContext } from "@ims/traits";
import type { DeribitRequests } from "../rpc/deribit-requests.js";
import { type BarLength, createBarFields, lengthMicrosOf, readBarRow } from "./bar-row.js";
import { type DeribitFeed, type FeedParts, requireObject } from "./deribit-feed.js";
import { MissedBars } from "./missed-bars.js";

/** Later bars wait so long at most for missed ones. */
const HOLD_MILLIS = 10_000;
/** Bars that wait at most; of one bar only its latest state does. */
const HELD_MAX = 64;

/** A state of a bar that waits, and why the one before it may lack something. */
interface HeldBar {
  bar: BarFields;
  readonly lossBefore: GapReason | undefined;
}

/**
 * The bars of one instrument and length. The running one is sent again with every change and never marked as closed:
 * it is, as it was sent last, when one with a later time arrives (deribit.md section 5). Bars without trades are sent,
 * too, so one that is stepped over, or that ended while the connection was down, was missed: it is read over HTTP,
 * while later ones wait for it, or else it is a Gap.
 */
export class BarsFeed implements DeribitFeed {
  readonly #feed: OpenFeed;
  readonly #context: IntegrationContext;
  readonly #length: BarLength;
  readonly #missed: MissedBars;
  readonly #held: HeldBar[] = [];
  #running = createBarFields();
  #next = createBarFields();
  /** Why the running bar may lack something; undefined while nothing of it can have been missed. */
  #loss: GapReason | undefined;
  /** What is being read. */
  #missing = { fromMicros: 0, toMicros: 0, reason: GapReason.Unknown as GapReason, sinceMillis: 0 };

  constructor(parts: FeedParts, requests: Pick<DeribitRequests, "bars">) {
    const { context, feed } = parts;
    this.#feed = feed;
    this.#context = context;
    const text = feed.request.resolution ?? "1m";
    this.#length = { resolution: timeResolutionOf(text) ?? 1, micros: lengthMicrosOf(text) };
    this.#missed = new MissedBars({
      ...parts,
      length: this.#length,
      requests,
      done: (bars) => this.#fillIn(bars),
    });
  }

  read(data: unknown, receiveMicros: number): void {
    const bar = this.#next;
    try {
      readBarRow(requireObject(data, "the data of a bar"), this.#feed, this.#length, receiveMicros, bar);
    } catch (error) {
      if (error instanceof Unusable) this.#loss ??= GapReason.SequenceBroken;
      throw error;
    }
    const newest = this.#held.at(-1)?.bar ?? this.#running;
    // An older bar is none of the running one's: the venue repeats itself.
    if (newest.openMicros > bar.openMicros) return;
    this.#feed.seen(receiveMicros);
    if (this.#missed.isReading || !this.#take(bar)) this.#hold(bar);
  }

  interrupted(): void {
    this.#loss = GapReason.ConnectionLost;
  }

  check(nowMillis: number): void {
    if (this.#missed.isReading && nowMillis - this.#missing.sinceMillis >= HOLD_MILLIS) this.#missed.giveUp();
  }

  /** What was not read becomes a Gap, and what waits is passed on. */
  close(): Promise<void> {
    return this.#missed.close();
  }

  /** The bar becomes the running one, and `#next` another record. False if it has to wait for missed ones. */
  #take(bar: BarFields): boolean {
    const running = this.#running;
    const isLater = running.openMicros !== 0 && running.openMicros < bar.openMicros;
    if (isLater && !this.#end(running, bar)) return false;
    this.#loss = undefined;
    this.#running = bar;
    this.#next = running;
    this.#context.sink.bar(bar);
    return true;
  }

  /** The running bar is over. False if bars before the following one were missed, and are being read. */
  #end(running: BarFields, following: BarFields): boolean {
    const isWhole = this.#loss === undefined;
    if (isWhole) this.#close(running, following);
    const fromMicros = running.openMicros + (isWhole ? this.#length.micros : 0);
    const toMicros = following.openMicros;
    if (fromMicros >= toMicros) return true;
    const reason = this.#loss ?? GapReason.SequenceBroken;
    this.#missing = { fromMicros, toMicros, reason, sinceMillis: this.#context.clock.monotonicMillis() };
    this.#loss = undefined;
    this.#missed.read(fromMicros, toMicros);
    return false;
  }

  #close(bar: BarFields, following: BarFields): void {
    bar.state = BarState.Closed;
    bar.eventMicros = following.eventMicros;
    bar.receiveMicros = following.receiveMicros;
    this.#context.sink.bar(bar);
  }

  #hold(bar: BarFields): void {
    const last = this.#held.at(-1);
    if (last?.bar.openMicros === bar.openMicros) last.bar = { ...bar };
    else this.#held.push({ bar: { ...bar }, lossBefore: this.#loss });
    this.#loss = undefined;
    if (this.#held.length > HELD_MAX) this.#missed.giveUp();
  }

  /** The missed bars are passed on, a Gap for each stretch that was not to be had, and then what waited. */
  #fillIn(bars: readonly BarFields[]): void {
    const { fromMicros, toMicros } = this.#missing;
    let next = fromMicros;
    for (const bar of bars) {
      if (bar.openMicros > next) this.#tellGap(next, bar.openMicros);
      this.#context.sink.bar(bar);
      next = bar.openMicros + this.#length.micros;
    }
    if (next < toMicros) this.#tellGap(next, toMicros);
    // What ran before was either passed on as closed, or is among what was missed.
    this.#running.openMicros = 0;
    const lossSince = this.#loss;
    while (!this.#missed.isReading) {
      const held = this.#held.shift();
      if (!held) break;
      this.#loss = held.lossBefore;
      if (!this.#take(held.bar)) this.#held.unshift({ bar: held.bar, lossBefore: undefined });
    }
    this.#loss ??= lossSince;
  }

  #tellGap(fromMicros: number, toMicros: number): void {
    const gap = createGapFields(this.#feed.instrumentId, DataType.Bar);
    gap.resolution = this.#length.resolution;
    gap.receiveMicros = this.#context.clock.nowMicros();
    gap.reason = this.#missing.reason;
    gap.fromMicros = fromMicros;
    gap.toMicros = toMicros;
    gap.missingCount = Math.round((toMicros - fromMicros) / this.#length.micros);
    this.#context.sink.gap(gap);
  }
}
