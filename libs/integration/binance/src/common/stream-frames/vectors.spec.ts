import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Aggressor, formatMantissa } from "@ims/common";
import { describe, expect, inject, it } from "vitest";
import { DecoderBench, instrumentNamed, type SinkCall } from "../../spec-support/decoder-bench.js";
import type { SeenBook, SeenDecimal } from "../../spec-support/recording-sink.js";

const sharedDir = inject("sharedDir");

interface Vector {
  readonly name: string;
  readonly hex: string;
  readonly expect: {
    readonly templateId: number;
    readonly eventTime: string;
    readonly transactTime?: string;
    readonly bookUpdateId?: string;
    readonly firstBookUpdateId?: string;
    readonly lastBookUpdateId?: string;
    readonly bidPrice?: string;
    readonly bidQty?: string;
    readonly askPrice?: string;
    readonly askQty?: string;
    readonly trades?: readonly { id: string; price: string; qty: string; isBuyerMaker: boolean }[];
    readonly bids?: readonly (readonly [string, string])[];
    readonly asks?: readonly (readonly [string, string])[];
    readonly symbol: string;
  };
}

const vectors = (
  sharedDir === ""
    ? []
    : readFileSync(join(sharedDir, "exchanges/schemas/stream_1_0-vectors.jsonl"), "utf8").trim().split("\n")
).map((line) => JSON.parse(line) as Vector);

describe.skipIf(sharedDir === "")("frames of the reference", () => {
  it.each(vectors.map((vector) => [vector.name, vector] as const))("%s", (_, { expect: expected, hex }) => {
    const bench = new DecoderBench([]);
    bench.subscribe(expected.symbol, { ...instrumentNamed(expected.symbol), quantityScale: 8 });
    const calls = bench.decodeStream(Buffer.from(hex, "hex"));
    expect(bench.counters).toMatchObject({ rejectedCount: 0, unknownTemplateCount: 0 });
    expect(calls.map(seenOf)).toEqual(wantedOf(expected));
  });

  it("covers every template", () => {
    const templates = new Set(vectors.map(({ expect: { templateId } }) => templateId));
    expect([...templates].sort()).toEqual([10000, 10001, 10002, 10003]);
  });

  it("rejects every vector that is cut anywhere, once, and throws for none", () => {
    for (const { expect: expected, hex } of vectors) {
      const bench = new DecoderBench([expected.symbol]);
      const whole = Buffer.from(hex, "hex");
      for (let length = 0; length < whole.length; length++) {
        const before = bench.counters.rejectedCount;
        const calls = bench.decodeStream(whole.subarray(0, length));
        expect(calls.every((call) => "rejected" in call)).toBe(true);
        expect(bench.counters.rejectedCount).toBe(before + 1);
      }
    }
  });
});

/** Values without the zeros that say nothing: the reference prints eight digits. */
function text(decimal: string): string {
  return decimal.includes(".") ? decimal.replace(/\.?0+$/, "") : decimal;
}

function decimal([mantissa, scale]: SeenDecimal): string {
  return text(formatMantissa(mantissa, scale));
}

function levels(book: SeenBook, side: "bids" | "asks"): string[][] {
  return book[side].map(([price, quantity]) => [
    decimal([price, book.priceScale]),
    decimal([quantity, book.quantityScale]),
  ]);
}

function seenOf(call: SinkCall): object {
  if ("trade" in call) {
    const { aggressor, eventMicros, price, quantity, sendMicros, tradeId } = call.trade;
    return {
      aggressor,
      eventMicros,
      price: decimal(price),
      quantity: decimal(quantity),
      sendMicros,
      tradeId,
    };
  }
  if ("top" in call) {
    const { askPrice, askQuantity, bidPrice, bidQuantity, hasAsk, hasBid, sendMicros, updateId } = call.top;
    const bid = [decimal(bidPrice), decimal(bidQuantity)];
    return { ask: [decimal(askPrice), decimal(askQuantity)], bid, hasAsk, hasBid, sendMicros, updateId };
  }
  const book = "depth" in call ? call.depth : "partialDepth" in call ? call.partialDepth : undefined;
  if (!book) return call;
  const { firstUpdateId, horizon, lastUpdateId, sendMicros } = book;
  const sides = { bids: levels(book, "bids"), asks: levels(book, "asks") };
  return { ...sides, firstUpdateId, horizon, lastUpdateId, sendMicros };
}

function wantedOf(expected: Vector["expect"]): object[] {
  const sendMicros = Number(expected.eventTime);
  if (expected.trades) {
    return expected.trades.map(({ id, isBuyerMaker, price, qty }) => ({
      aggressor: isBuyerMaker ? Aggressor.Seller : Aggressor.Buyer,
      eventMicros: Number(expected.transactTime),
      price: text(price),
      quantity: text(qty),
      sendMicros,
      tradeId: Number(id),
    }));
  }
  if (expected.bidPrice !== undefined) {
    const ask = [text(expected.askPrice!), text(expected.askQty!)];
    const bid = [text(expected.bidPrice), text(expected.bidQty!)];
    return [{ ask, bid, hasAsk: true, hasBid: true, sendMicros, updateId: Number(expected.bookUpdateId) }];
  }
  const isBest = expected.templateId === 10002;
  return [
    {
      bids: expected.bids!.map((level) => level.map(text)),
      asks: expected.asks!.map((level) => level.map(text)),
      firstUpdateId: Number(isBest ? expected.bookUpdateId : expected.firstBookUpdateId),
      horizon: isBest ? 20 : 0,
      lastUpdateId: Number(isBest ? expected.bookUpdateId : expected.lastBookUpdateId),
      sendMicros,
    },
  ];
}
