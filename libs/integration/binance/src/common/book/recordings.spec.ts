import { readFileSync } from "node:fs";
import { join } from "node:path";
import { MantissaCell, RecordFlags } from "@ims/common";
import { bookHash } from "@ims/order-book";
import { describe, expect, inject, it } from "vitest";
import { BookStage, type DepthEvent, depthFields, topFields } from "../../spec-support/book-stage.js";
import { recordedLines } from "../../spec-support/recording.js";
import type { BookFeed } from "./book-feed.js";
import { readDepthSnapshot } from "./depth-snapshot.js";
import { futuresSequence, spotSequence } from "./sequence-rule.js";

const sharedDir = inject("sharedDir");
const folder = join(sharedDir, "exchanges/recordings");
/** What the recorder asked for; larger than that of some sessions, which then count as complete. */
const SIDE_LIMIT = 1000;
const STREAM = /^\{"stream":"[^"]*@(depth|bookTicker)/;
/** Below those of all recorded symbols: every event has the scales that it needs, and the books become finer. */
const SCALES = { priceScale: 0, quantityScale: 0 };

/**
 * In these the price leaves the 1,000 levels of the snapshot that begins them; in the first, best prices then differ from
 * the venue's twice. The book has to say so before it is wrong.
 */
const LEFT = new Set(["spot-btcusdt-202408", "usdm-btcusdt-20240808"]);
/** Sessions without tops of book. */
const WITHOUT_TOPS = new Set(["spot-dot-btc-eth-20210404"]);

interface ExpectedBook {
  readonly applied: number;
  readonly dropped: number;
  readonly lastUpdateId: string;
  readonly bidLevels: number;
  readonly askLevels: number;
  readonly best: readonly [readonly [string, string], readonly [string, string]];
  readonly sha256: string;
}

interface Session {
  readonly files: readonly string[];
  readonly books?: Readonly<Record<string, ExpectedBook>>;
}

const sessions = Object.entries(
  JSON.parse(sharedDir === "" ? "{}" : readFileSync(join(folder, "expectations.json"), "utf8")) as Record<
    string,
    Session
  >,
).filter(([, { files }]) => files[0]!.startsWith("binance-"));

describe.skipIf(sharedDir === "")("recorded books", () => {
  for (const [name, { files, books }] of sessions) {
    it(`of ${name} end as expected, without a gap, and agree with the venue's top of book`, () => {
      const rule = files[0]!.startsWith("binance-spot") ? spotSequence : futuresSequence;
      const stages = new Map<string, BookStage>();
      /** Symbols whose market moved out of what the only snapshot had shown. */
      const left = new Set<string>();
      let badCalls = 0;
      const stageOf = (symbol: string) => {
        const known = stages.get(symbol);
        if (known) return known;
        const stage = new BookStage(rule, {
          symbol,
          onCall: (call) => {
            const { book, counters } = stage.feed;
            if (book.horizon < 0) left.add(symbol);
            const suspect = call.kind === "delta" && (call.book.flags & RecordFlags.Suspect) !== 0;
            const doubted = suspect || counters.topDifferedCount > 0;
            if (call.kind === "gap" || book.condition !== 0 || (doubted && !left.has(symbol))) badCalls++;
          },
        });
        stages.set(symbol, stage);
        return stage;
      };
      for (const file of files) replay(join(folder, file), (symbol) => stageOf(symbol).feed);
      expect(badCalls).toBe(0);
      let agreed = 0;
      for (const [symbol, expected] of Object.entries(books!)) {
        const { feed } = stageOf(symbol);
        const { counters } = feed.sequencer;
        expect({ symbol, ...summary(feed), ...counters }).toEqual({
          symbol,
          state: "synced",
          suspect: left.has(symbol),
          hash: expected.sha256,
          levels: [expected.bidLevels, expected.askLevels],
          best: expected.best.map(([price, quantity]) => [price, quantity].map(eightDigits)),
          lastUpdateId: expected.lastUpdateId,
          snapshotCount: 1,
          uselessSnapshotCount: 0,
          appliedCount: expected.applied,
          droppedCount: expected.dropped,
          gapCount: 0,
        });
        agreed += feed.counters.topAgreedCount;
      }
      if (!WITHOUT_TOPS.has(name)) expect(agreed).toBeGreaterThan(40);
      expect([...left]).toEqual(LEFT.has(name) ? ["BTCUSDT"] : []);
      expect(stages.size).toBe(Object.keys(books!).length);
    });
  }
});

function replay(file: string, feedOf: (symbol: string) => BookFeed): void {
  for (const { data, url } of recordedLines(file)) {
    const stream = STREAM.exec(data)?.[1];
    if (stream === undefined && !url.includes("/depth?")) continue;
    if (stream === undefined) {
      const symbol = new URL(url).searchParams.get("symbol")!;
      feedOf(symbol).snapshot(readDepthSnapshot(JSON.parse(data), SCALES, 1), SIDE_LIMIT);
      continue;
    }
    const event = (JSON.parse(data) as { data: DepthEvent & { s: string } }).data;
    if (stream === "depth") feedOf(event.s).depth(depthFields(event, SCALES));
    else feedOf(event.s).top(topFields(event as never));
  }
}

function summary({ book, sequencer, isSuspect }: BookFeed) {
  const cells = Array.from({ length: 4 }, () => new MantissaCell());
  book.bestBid(cells[0]!, cells[1]!);
  book.bestAsk(cells[2]!, cells[3]!);
  const [bid, bidQuantity, ask, askQuantity] = cells.map(({ scale, ...cell }) =>
    String(((BigInt(cell.hi) << 32n) | BigInt(cell.lo >>> 0)) * 10n ** BigInt(8 - scale)),
  );
  return {
    state: sequencer.state,
    suspect: isSuspect,
    hash: bookHash(book),
    levels: [book.bids.count, book.asks.count],
    best: [
      [bid, bidQuantity],
      [ask, askQuantity],
    ],
    lastUpdateId: String(sequencer.bookId),
  };
}

function eightDigits(text: string): string {
  const [whole, fraction = ""] = text.split(".");
  return String(BigInt(`${whole}${fraction.padEnd(8, "0")}`));
}
