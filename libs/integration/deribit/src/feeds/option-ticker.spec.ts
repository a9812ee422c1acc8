import { DataType } from "@ims/common";
import { describe, expect, it } from "vitest";
import { FeedStage } from "../spec-support/feed-stage.js";

const CALL = "ETH-9APR21-1950-C";
const TICKER = `ticker.${CALL}.100ms`;
/** As it was received on 2021-04-05. */
const RECORDED =
  '{"underlying_price":2115.89,"underlying_index":"ETH-9APR21","timestamp":1617644856302,"stats":{"volume":null,"price_change":null,"low":null,"high":null},"state":"open","settlement_price":0.06,"open_interest":3963.0,"min_price":0.051,"max_price":0.1225,"mark_price":0.084155,"mark_iv":78.74,"last_price":0.06,"interest_rate":0.0,"instrument_name":"ETH-9APR21-1950-C","index_price":2103.4,"greeks":{"vega":0.46511,"theta":-5.09811,"rho":0.16173,"gamma":0.00134,"delta":0.8609},"estimated_delivery_price":2103.4,"bid_iv":51.06,"best_bid_price":0.0795,"best_bid_amount":4.0,"best_ask_price":0.0945,"best_ask_amount":5.0,"ask_iv":117.97}';

function optionTickers(...data: readonly string[]) {
  const stage = new FeedStage();
  stage.open(TICKER, CALL, { dataType: DataType.OptionTicker });
  for (const each of data) stage.notify(TICKER, each);
  return stage.sink;
}

describe("tickers of options", () => {
  it("are exact, all prices at one scale", () => {
    const { optionTickers: seen, rejections } = optionTickers(RECORDED);
    expect(rejections).toEqual([]);
    expect(seen).toMatchObject([
      {
        priceScale: 6,
        quantityScale: 0,
        underlying: "ETH-9APR21",
        strike: 1_950_000_000n,
        optionType: "call",
        lastPrice: 60_000n,
        markPrice: 84_155n,
        bidPrice: 79_500n,
        bidQuantity: 4n,
        askPrice: 94_500n,
        askQuantity: 5n,
        volume: null,
        openInterest: 3963n,
        underlyingPrice: 2_115_890_000n,
        markIv: 78.74,
        bidIv: 51.06,
        askIv: 117.97,
        delta: 0.8609,
        gamma: 0.00134,
        theta: -5.09811,
        vega: 0.46511,
        rho: 0.16173,
        eventMicros: 1_617_644_856_302_000,
      },
    ]);
  });

  it("take 0.0 for an empty side, and null for no value", () => {
    const empty = RECORDED.replace(
      '"best_bid_price":0.0795,"best_bid_amount":4.0',
      '"best_bid_price":0.0,"best_bid_amount":0.0',
    )
      .replace('"bid_iv":51.06', '"bid_iv":0.0')
      .replace('"best_ask_price":0.0945', '"best_ask_price":null')
      .replace('"last_price":0.06', '"last_price":null');
    const none = {
      bidPrice: null,
      bidQuantity: 0n,
      bidIv: Number.NaN,
      askPrice: null,
      askQuantity: 0n,
      lastPrice: null,
    };
    expect(optionTickers(empty).optionTickers).toMatchObject([none]);
  });

  it("read exponents as the value that they are", () => {
    const same = RECORDED.replace("0.084155", "8.4155e-2")
      .replace("3963.0", "3.963e3")
      .replace("2115.89", "2.11589e+3");
    const [plain, exponents] = optionTickers(RECORDED, same).optionTickers;
    expect(exponents).toEqual(plain);
  });

  it.each([
    ["greeks", '"greeks":', '"no":', "greeks is no object"],
    [
      "an underlying's name that fits",
      '"ETH-9APR21"',
      `"${"X".repeat(33)}"`,
      "underlying_index is longer than 32 octets",
    ],
    ["a number", "0.084155", '"expired"', "mark_price is not a number"],
  ])("are refused without %s", (_what, from, to, detail) => {
    const { optionTickers: seen, rejections } = optionTickers(RECORDED.replace(from, to));
    expect(seen).toEqual([]);
    expect(rejections).toMatchObject([{ detail, symbol: CALL }]);
  });
});
