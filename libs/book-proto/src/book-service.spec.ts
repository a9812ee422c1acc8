import type { MethodDefinition } from "@grpc/grpc-js";
import { expect, it } from "vitest";
import { BOOK_SERVICE, bookProto, encodeSummary, withConflated } from "./book-service.js";
import type { OutgoingSummary, SummaryMessage } from "./messages.js";

const method = bookProto.service(BOOK_SERVICE).BookSummary as MethodDefinition<object, SummaryMessage>;
const SUMMARY: OutgoingSummary = {
  symbol: "BTCUSDT",
  priceScale: 2,
  quantityScale: 8,
  bids: [
    {
      venue: "binancespot",
      price: { low: -1, high: 0x7fffffff, unsigned: false },
      quantity: { low: -2, high: 3, unsigned: false },
    },
  ],
  asks: [],
  spread: "-9223372036854775807",
  midScale: 3,
  crossed: true,
  locked: false,
  venues: [{ venue: "binancespot", state: "STALE", reason: "silent", eventMicros: 5, filteredLevels: 7 }],
  version: 2 ** 40,
};

it("keeps 64-bit values exact", () => {
  const read = method.responseDeserialize(encodeSummary(SUMMARY));
  expect(read.bids).toEqual([
    { venue: "binancespot", price: "9223372036854775807", quantity: String(3n * 2n ** 32n + 0xfffffffen) },
  ]);
  expect(read.spread).toBe("-9223372036854775807");
  expect(read.mid).toBeUndefined();
  expect(read.version).toBe(String(2 ** 40));
  expect(read.venues[0]).toMatchObject({ state: "STALE", reason: "silent", filteredLevels: "7" });
});

it("adds the count of one client behind bytes that others share", () => {
  const shared = encodeSummary(SUMMARY);
  const before = Buffer.from(shared);
  for (const count of [0, 1, 127, 128, 300, 2 ** 40 + 5]) {
    expect(method.responseDeserialize(withConflated(shared, count)).conflated).toBe(String(count));
  }
  expect(shared).toEqual(before);
});
