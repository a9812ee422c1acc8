import { describe, expect, it } from "vitest";
import { frameOf, USUAL } from "../spec-support/usual-frames.js";
import { asJson, isWalked, outcomeOf } from "../spec-support/walk-outcome.js";

describe("the walk over a frame", () => {
  it("leaves a batch of trades beyond the bound to JSON, and nothing of it is lost", () => {
    const usual = USUAL.trades!;
    const row = (seq: number) => usual.data[2]!.slice(1, -1).replace("140284857", String(seq));
    const batch = (count: number) =>
      frameOf(
        usual.channel,
        `[${Array.from({ length: count }, (_, at) => row(140_000_000 + at)).join(",")}]`,
      );
    expect([isWalked(usual, batch(1024)), isWalked(usual, batch(1025))]).toEqual([true, false]);
    for (const count of [1024, 1025]) expect(outcomeOf(usual, [batch(count)]).records).toHaveLength(count);
  });

  it.each([
    ["delete", "0.0045", "3.5"],
    ["delete", "0.0045", "-1"],
    ["delete", "0.0045", "null"],
    ["new", "0.0045", "0"],
    ["new", "0.0045", "-0.0"],
    ["new", "0.0045", "-0.5"],
    ["new", "0", "1"],
    ["new", "-0.0", "1"],
    ["new", "-0.0045", "1"],
    ["change", "900719925474", "1"],
    ["change", "900719925475", "1"],
    ["change", "922337203685477.5807", "1"],
    ["change", "922337203685477.5808", "1"],
    ["swap", "0.0045", "1"],
    ["", "0.0045", "1"],
  ])("reads the level %s %s %s as JSON says, of books and of combos", (action, price, amount) => {
    for (const usual of [USUAL.books!, USUAL["books of combos"]!]) {
      const frames = usual.data.map((data) =>
        frameOf(
          usual.channel,
          data.replace(/"bids":\[\[[^\]]*\]/, `"bids":[["${action}",${price},${amount}]`),
        ),
      );
      expect(outcomeOf(usual, frames)).toEqual(outcomeOf(usual, frames.map(asJson)));
    }
  });

  it.each([
    ["30222.5", "10", "30222.5", "10"],
    ["30223.0", "10", "30222.5", "10"],
    ["30223.0", "0", "30222.5", "10"],
    ["30222.0", "-10", "30222.5", "10"],
    ["30222.0", "10", "30222.5", "-0.5"],
    ["null", "10", "30222.5", "10"],
    ["true", "0.0", "30222.5", "10"],
    ["true", "10", "30222.5", "10"],
    ["-7.25", "10", "-7.125", "0.5"],
    ["-7.25", "null", "null", "null"],
    ["9007199254740", "1", "90071992547409", "1"],
    ["900719925474099", "1", "900719925474100", "1"],
    ["99999999999999999", "1", "999999999999999999", "1"],
  ])("reads the quote %s × %s, %s × %s as JSON says", (bid, bidAmount, ask, askAmount) => {
    const usual = USUAL.quotes!;
    const data = `{"timestamp":1654162157500,"best_bid_price":${bid},"best_bid_amount":${bidAmount},"best_ask_price":${ask},"best_ask_amount":${askAmount}}`;
    const frames = [...usual.data, data, ...usual.data].map((each) => frameOf(usual.channel, each));
    expect(outcomeOf(usual, frames)).toEqual(outcomeOf(usual, frames.map(asJson)));
  });

  it.each([
    ["trades", '"amount":8450.0', '"amount":-8450.0'],
    ["trades", '"amount":8450.0', '"amount":0'],
    ["trades", '"price":76917.5', '"price":-0.5'],
    ["trades", '"trade_seq"', '"liquidation":null,"trade_seq"'],
    ["trades", '"trade_seq"', '"block_trade_id":7,"trade_seq"'],
    ["trades", '"buy"', '"both"'],
    ["trades", "BTC-PERPETUAL", "BTC-PERPETUAM"],
    ["trades", "BTC-PERPETUAL", "BTC-PERPETUAL2"],
    ["trades", '"timestamp":1789344933994', '"timestamp":17893449339.0'],
    ["trades", '"timestamp":1789344933994', '"timestamp":999999999999'],
    ["trades", '"timestamp":1789344933994', '"timestamp":1000000000000'],
    ["quotes", '"timestamp":1654162157500', '"timestamp":9000000000001'],
    // Keys with the hash of another key.
    ["trades", '"timestamp"', '"uJmestamp"'],
    ["quotes", '"timestamp"', '"uJmestamp"'],
    ["books", '"type":"snapshot"', '"uZpe":"snapshot"'],
    ["books", '"type":"snapshot"', '"type":null'],
    ["books", '"type":"snapshot"', '"prev_change_id":5'],
    ["books", '"change_id":118850965713', '"change_id":-1'],
    [
      "mark prices",
      '"estimated_delivery_price":83251.03',
      '"estimated_delivery_price":1.2345678901234567890123',
    ],
    ["mark prices", '"current_funding":-2.1714e-4', '"current_funding":-4.467407940520975e-5'],
    ["mark prices", '"current_funding":-2.1714e-4', '"current_funding":"none"'],
    ["tickers of 24 hours", '"stats":{', '"stats":null,"other":{'],
    ["option tickers", '"bid_iv":51.06', '"bid_iv":-0.0'],
    ["option tickers", '"mark_iv":78.74', '"mark_iv":-0'],
    ["option tickers", '"underlying_index":"ETH-9APR21"', '"underlying_index":""'],
    ["option tickers", '"best_bid_price":0.0795', '"best_bid_price":null'],
  ])("reads %s with %s as %s as JSON says", (name, from, to) => {
    const usual = USUAL[name]!;
    const [first = "", ...others] = usual.data;
    expect(first).toContain(from);
    const frames = [first.replace(from, to), first, ...others].map((data) => frameOf(usual.channel, data));
    expect(outcomeOf(usual, frames)).toEqual(outcomeOf(usual, frames.map(asJson)));
  });

  it("leaves levels finer than the instrument to JSON", () => {
    const usual = USUAL.books!;
    const frame = frameOf(usual.channel, usual.data[0]!.replace("0.0065", "0.00655"));
    expect(isWalked(usual, frame)).toBe(false);
    expect(outcomeOf(usual, [frame]).records).toMatchObject([["book", { priceScale: 5 }]]);
  });

  it("takes nothing of a channel that nobody reads", () => {
    const usual = USUAL.quotes!;
    expect(isWalked(usual, frameOf("quote.ETH-PERPETUAL", usual.data[0]!))).toBe(false);
  });
});
