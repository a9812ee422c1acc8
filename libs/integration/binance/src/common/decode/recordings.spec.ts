import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { formatMantissa, TradeKind } from "@ims/common";
import { describe, expect, inject, it } from "vitest";
import { DecoderBench, instrumentNamed, type SinkCall } from "../../spec-support/decoder-bench.js";
import { recordedLines, recordings } from "../../spec-support/recording.js";

const sharedDir = inject("sharedDir");
const folder = join(sharedDir, "exchanges/recordings");
const MARKETS = ["binance-spot", "binance-usdm", "binance-coinm"];
const EVENT = /^(?:\{"stream":"[^"]*","data":)?\{"e":"(trade|aggTrade|kline)"/;
/** Frames of books, most of all: of these one in so many is compared. */
const BOOK = /^\{"stream":"([^"!@]+)@(?:depth|bookTicker)/;
const BOOK_SHARE = 20;
const SYMBOL = /"s":"([^"]+)"/;

interface Expected {
  readonly files: readonly string[];
  readonly trades?: Readonly<
    Record<string, { n: number; baseQty: string; quote: string; firstId: string; lastId: string }>
  >;
}

describe.skipIf(sharedDir === "")("recorded frames", () => {
  for (const market of MARKETS) {
    it(`of ${market} give the same by both ways, and none is refused`, () => {
      const walked = new DecoderBench([]);
      const parsed = new DecoderBench([]);
      let frameCount = 0;
      let bookCount = 0;
      for (const file of recordings(join(folder, market))) {
        for (const { data, url } of recordedLines(file)) {
          const book = BOOK.exec(data);
          if (!url.startsWith("ws") || (!EVENT.test(data) && !(book && ++bookCount % BOOK_SHARE === 0)))
            continue;
          frameCount++;
          const symbol = SYMBOL.exec(data)?.[1] ?? book![1]!.toUpperCase();
          const feed = walked.subscribe(symbol, fineInstrument(symbol));
          parsed.subscribe(symbol, fineInstrument(symbol));
          const calls = walked.decode(data, frameCount);
          expect(calls).toHaveLength(1);
          if ("rejected" in calls[0]!) expect.fail(`${basename(file)}: ${data}`);
          if (!sameCall(calls[0]!, parsed.decodeGeneral(data, frameCount)[0]!)) expect.fail(data);
          expect(feed.trades.active).toBe(true);
        }
      }
      expect(frameCount).toBeGreaterThan(7000);
      // The walk takes all of them but one of an empty book: another fallback is a shape that it ought to know.
      const { barCount, depthCount, fallbackCount, partialDepthCount, topOfBookCount, tradeCount } =
        walked.counters;
      expect(fallbackCount).toBe(market === "binance-coinm" ? 1 : 0);
      expect(tradeCount + barCount + topOfBookCount + depthCount + partialDepthCount).toBe(frameCount);
      expect(Math.min(topOfBookCount, depthCount)).toBeGreaterThan(500);
    });
  }

  const expectations = JSON.parse(
    sharedDir === "" ? "{}" : readFileSync(join(folder, "expectations.json"), "utf8"),
  ) as Record<string, Expected>;

  for (const [session, { files, trades }] of Object.entries(expectations)) {
    if (!trades || !files[0]!.startsWith("binance-")) continue;
    it(`of ${session} sum up as expected, in order and without a gap`, () => {
      const bench = new DecoderBench(
        Object.keys(trades)
          .map((key) => key.split("|")[0]!)
          .filter(unique),
      );
      const sums = new Map<
        string,
        { n: number; baseQty: bigint; quote: bigint; firstId: number; lastId: number }
      >();
      for (const file of files) {
        for (const { data } of recordedLines(join(folder, file))) {
          const event = EVENT.exec(data)?.[1];
          if (event !== "trade" && event !== "aggTrade") continue;
          for (const call of bench.decode(data)) if ("trade" in call) add(sums, data, event, call);
        }
      }
      for (const [key, expected] of Object.entries(trades)) {
        const sum = sums.get(key)!;
        expect({
          n: sum.n,
          baseQty: formatMantissa(sum.baseQty, SUM_SCALE),
          quote: formatMantissa(sum.quote, 2 * SUM_SCALE),
          firstId: String(sum.firstId),
          lastId: String(sum.lastId),
        }).toEqual({
          ...expected,
          baseQty: padded(expected.baseQty, SUM_SCALE),
          quote: padded(expected.quote, 2 * SUM_SCALE),
        });
      }
      expect(sums.size).toBe(Object.keys(trades).length);
      expect(bench.idJumps).toEqual([]);
    });
  }
});

/** With the scales that payloads are printed with at most. */
function fineInstrument(symbol: string) {
  return { ...instrumentNamed(symbol), priceScale: 8, quantityScale: 8 };
}

const SUM_SCALE = 8;

function add(
  sums: Map<string, { n: number; baseQty: bigint; quote: bigint; firstId: number; lastId: number }>,
  data: string,
  event: string,
  { trade }: Extract<SinkCall, { trade: unknown }>,
): void {
  const symbol = SYMBOL.exec(data)![1]!;
  const key = `${symbol}|${trade.kind === TradeKind.Regular ? event : "non-MARKET trade"}`;
  const price = trade.price[0] * 10n ** BigInt(SUM_SCALE - trade.price[1]);
  const quantity = trade.quantity[0] * 10n ** BigInt(SUM_SCALE - trade.quantity[1]);
  const sum = sums.get(key) ?? { n: 0, baseQty: 0n, quote: 0n, firstId: trade.tradeId, lastId: 0 };
  sum.n++;
  sum.baseQty += quantity;
  sum.quote += price * quantity;
  sum.lastId = trade.tradeId;
  sums.set(key, sum);
}

function padded(text: string, scale: number): string {
  const [whole, fraction = ""] = text.split(".");
  return `${whole}.${fraction.padEnd(scale, "0")}`;
}

function unique<T>(value: T, index: number, all: readonly T[]): boolean {
  return all.indexOf(value) === index;
}

/** Deep equality of a million small calls in the test framework takes minutes; text does it in one. */
function sameCall(left: SinkCall, right: SinkCall): boolean {
  return text(left) === text(right);
}

function text(call: SinkCall): string {
  return JSON.stringify(call, (_, value: unknown) => (typeof value === "bigint" ? `${value}n` : value));
}
