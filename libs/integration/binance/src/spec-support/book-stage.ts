import { type GapReason, MantissaCell, parseDecimalText, SimulatedClock } from "@ims/common";
import type { BookFields, TopOfBookFields } from "@ims/traits";
import { BookFeed, type BookFeedOptions } from "../common/book/book-feed.js";
import { readDepthSnapshot } from "../common/book/depth-snapshot.js";
import type { SequenceRule } from "../common/book/sequence-rule.js";
import { copyBook, type SeenBook } from "./recording-sink.js";

/** A depth event as it is parsed from JSON. */
export interface DepthEvent {
  readonly E?: number;
  readonly T?: number;
  readonly U: number;
  readonly u: number;
  readonly pu?: number;
  readonly b: readonly (readonly [string, string])[];
  readonly a: readonly (readonly [string, string])[];
}

const SCALES = { priceScale: 0, quantityScale: 0 };

export function depthFields(event: DepthEvent, scales = SCALES): BookFields {
  const { U, u, pu, b, a, E, T } = event;
  const fields = readDepthSnapshot({ lastUpdateId: u, bids: b, asks: a, E, T }, scales, 1);
  fields.firstUpdateId = U;
  fields.previousUpdateId = pu ?? 0;
  return fields;
}

export function topFields(top: {
  readonly u: number;
  readonly b: string;
  readonly B: string;
  readonly a: string;
  readonly A: string;
}): TopOfBookFields {
  return {
    instrumentId: 1,
    eventMicros: 0,
    sendMicros: 0,
    receiveMicros: 1,
    flags: 0,
    updateId: top.u,
    hasBid: true,
    hasAsk: true,
    bidPrice: cellOf(top.b),
    bidQuantity: cellOf(top.B),
    askPrice: cellOf(top.a),
    askQuantity: cellOf(top.A),
  };
}

function cellOf(text: string): MantissaCell {
  const cell = new MantissaCell();
  parseDecimalText(text, cell);
  return cell;
}

/** One thing that a book feed said, in order. */
export type BookCall =
  | { readonly kind: "snapshot" | "delta"; readonly book: SeenBook }
  | {
      readonly kind: "gap";
      readonly fromId: number;
      readonly toId: number;
      readonly reason: GapReason;
      readonly missingCount: number;
    };

/** A book feed whose calls are kept, on simulated time. */
export class BookStage {
  readonly clock: SimulatedClock;
  readonly calls: BookCall[] = [];
  readonly states: string[] = [];
  readonly feed: BookFeed;
  /** Snapshots asked for and not answered. */
  wanted = 0;

  constructor(
    rule: SequenceRule,
    options: Partial<BookFeedOptions> & { readonly onCall?: (call: BookCall) => void } = {},
    clock = new SimulatedClock(),
  ) {
    this.clock = clock;
    const say = (call: BookCall) => (options.onCall ? options.onCall(call) : this.calls.push(call));
    this.feed = new BookFeed({
      symbol: "BTCUSDT",
      instrumentId: 7,
      rule,
      random: () => 0.5,
      sink: {
        bookSnapshot: (book) => say({ kind: "snapshot", book: copyBook(book) }),
        bookDelta: (book) => say({ kind: "delta", book: copyBook(book) }),
      },
      listener: {
        needSnapshot: () => {
          this.wanted++;
        },
        gap: (_, { fromId, toId, reason, missingCount }) =>
          say({ kind: "gap", fromId, toId, reason, missingCount }),
        state: (_, state) => this.states.push(String(state)),
      },
      clock,
      ...options,
    });
    this.feed.start();
  }

  /** Depth events, one after the other. */
  depth(...events: readonly DepthEvent[]): void {
    for (const event of events) this.feed.depth(depthFields(event));
  }

  /** Answers the request for a snapshot. */
  snapshot(
    lastUpdateId: number,
    bids: readonly (readonly [string, string])[],
    asks: readonly (readonly [string, string])[],
    sideLimit = 1000,
  ): void {
    if (this.wanted === 0) throw new Error("no snapshot has been asked for");
    this.wanted--;
    this.feed.snapshot(readDepthSnapshot({ lastUpdateId, bids, asks }, SCALES, 1), sideLimit);
  }

  fail(reason: string): void {
    this.wanted--;
    this.feed.snapshotFailed(reason);
  }

  /** Moves time and lets the feed check itself as its owner does. */
  async pass(millis: number): Promise<void> {
    for (let left = millis; left > 0; left -= 250) {
      await this.clock.advance(Math.min(250, left));
      this.feed.check();
    }
  }

  /** What was said since the last call of this method, in short. */
  take(): string[] {
    return this.calls.splice(0).map((call) => {
      if (call.kind === "gap") return `gap ${call.fromId}-${call.toId}`;
      const { previousUpdateId, lastUpdateId, flags } = call.book;
      const suspect = (flags & 8) !== 0 ? " suspect" : "";
      if (call.kind === "snapshot") return `snapshot ${lastUpdateId}${suspect}`;
      return `delta ${previousUpdateId}>${lastUpdateId}${suspect}`;
    });
  }
}
