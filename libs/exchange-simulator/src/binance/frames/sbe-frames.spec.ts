import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, inject, it } from "vitest";
import { type PrintedLevel, SbeFrames, withLongerBlock } from "./sbe-frames.js";

const sharedDir = inject("sharedDir");

interface Expected {
  readonly templateId: number;
  readonly eventTime: string;
  readonly transactTime: string;
  readonly bookUpdateId: string;
  readonly firstBookUpdateId: string;
  readonly lastBookUpdateId: string;
  readonly bidPrice: string;
  readonly bidQty: string;
  readonly askPrice: string;
  readonly askQty: string;
  readonly trades: readonly { id: string; price: string; qty: string; isBuyerMaker: boolean }[];
  readonly bids: readonly PrintedLevel[];
  readonly asks: readonly PrintedLevel[];
  readonly symbol: string;
}

function write(frames: SbeFrames, expected: Expected): string {
  const { asks, bids, symbol } = expected;
  const sent = Number(expected.eventTime);
  const bytes = () => {
    switch (expected.templateId) {
      case 10000:
        return frames.trades(
          sent,
          Number(expected.transactTime),
          expected.trades.map(({ id, isBuyerMaker, price, qty }) => ({
            tradeId: Number(id),
            level: [price, qty],
            buyerIsMaker: isBuyerMaker,
          })),
          symbol,
        );
      case 10001: {
        const { askPrice, askQty, bidPrice, bidQty, bookUpdateId } = expected;
        return frames.bestBidAsk(sent, Number(bookUpdateId), [bidPrice, bidQty], [askPrice, askQty], symbol);
      }
      case 10002:
        return frames.depthSnapshot(sent, Number(expected.bookUpdateId), bids, asks, symbol);
      default: {
        const { firstBookUpdateId, lastBookUpdateId } = expected;
        return frames.depthDiff(
          sent,
          Number(firstBookUpdateId),
          Number(lastBookUpdateId),
          bids,
          asks,
          symbol,
        );
      }
    }
  };
  return bytes().toString("hex");
}

describe.skipIf(sharedDir === "")("binary frames", () => {
  const lines =
    sharedDir === ""
      ? []
      : readFileSync(join(sharedDir, "exchanges/schemas/stream_1_0-vectors.jsonl"), "utf8")
          .trim()
          .split("\n");

  it("are octet for octet those of the reference, by one of the two ways to choose exponents", () => {
    const agreed: string[] = [];
    for (const line of lines) {
      const vector = JSON.parse(line) as { name: string; hex: string; expect: Expected };
      const frames = new SbeFrames();
      const both = [write(frames, vector.expect), write(frames, vector.expect)];
      if (both.includes(vector.hex)) agreed.push(vector.name);
    }
    // The others have exponents that are a matter of choice, or a longer block.
    expect(agreed).toEqual([
      "trades-one",
      "bestBidAsk-50093239212",
      "bestBidAsk-50093239219",
      "depth20",
      "depthDiff-50093239202",
      "depthDiff-50093239207",
      "depthDiff-50093239224",
    ]);
  });
});

describe("frames of a later version", () => {
  it("have a longer block, a higher version, and all else as it was", () => {
    const frame = new SbeFrames().bestBidAsk(5, 6, ["1.50", "2"], ["1.60", "3"], "BTCUSDT");
    const later = withLongerBlock(frame);
    expect(later.length).toBe(frame.length + 1);
    expect([...later.subarray(0, 8)]).toEqual([51, 0, 0x11, 0x27, 1, 0, 1, 0]);
    expect(Buffer.from(later.subarray(8, 58)).equals(frame.subarray(8, 58))).toBe(true);
    expect(Buffer.from(later.subarray(59)).toString()).toBe("\u0007BTCUSDT");
  });
});
