import { DataType, GapReason, TradeKind } from "@ims/common";
import { describe, expect, it } from "vitest";
import { BOOK, FeedStage, TRADES } from "../spec-support/feed-stage.js";

describe("mark prices", () => {
  it("have index, estimate and funding; a future has no funding, an expired one no estimate", () => {
    const stage = new FeedStage();
    const channel = "ticker.BTC-PERPETUAL.100ms";
    stage.open(channel, "BTC-PERPETUAL", { dataType: DataType.MarkPrice });
    stage.notify(
      channel,
      '{"timestamp":1790755218559,"mark_price":83212.14,"index_price":83251.03,"estimated_delivery_price":83251.03,"current_funding":-2.1714e-4}',
    );
    stage.notify(
      channel,
      '{"timestamp":1790755218589,"mark_price":8.422265e4,"index_price":null,"estimated_delivery_price":"expired"}',
    );
    stage.notify(
      channel,
      '{"timestamp":1790755218589,"mark_price":1,"current_funding":-4.467407940520975e-5}',
    );
    expect(stage.sink.rejections).toEqual([]);
    expect(stage.sink.markPrices).toMatchObject([
      {
        priceScale: 2,
        markPrice: 8_321_214n,
        indexPrice: 8_325_103n,
        settlementEstimate: 8_325_103n,
        fundingRate: -21_714n,
        fundingScale: 8,
      },
      { priceScale: 2, markPrice: 8_422_265n, indexPrice: null, settlementEstimate: null, fundingRate: null },
      // Twenty digits after the point: there is no exact form.
      { markPrice: 10n, fundingRate: null },
    ]);
  });
});

describe("tickers and quotes", () => {
  it("are a Gap from the last record to the next where the connection was lost, or one cannot be read", async () => {
    const stage = new FeedStage();
    const channel = "quote.BTC-PERPETUAL";
    const feed = stage.open(channel, "BTC-PERPETUAL", { dataType: DataType.TopOfBook });
    const quote = (bid: string) =>
      `{"timestamp":1622627433440,"best_bid_price":${bid},"best_bid_amount":10,"best_ask_price":101,"best_ask_amount":10}`;
    const times: number[] = [];
    const receive = async (bid: string) => {
      await stage.clock.advance(1000);
      times.push(stage.clock.nowMicros());
      stage.notify(channel, quote(bid));
    };
    feed.interrupted?.();
    await receive("100");
    feed.interrupted?.();
    await receive("100");
    await receive("101");
    await receive("102");
    await receive("100");
    expect(stage.sink.count(DataType.TopOfBook)).toBe(3);
    expect(stage.sink.rejections.map(({ detail }) => detail)).toEqual(
      Array(2).fill("the best bid is not below the best ask"),
    );
    expect(stage.sink.gaps).toMatchObject([
      {
        dataType: DataType.TopOfBook,
        reason: GapReason.ConnectionLost,
        fromMicros: times[0],
        toMicros: times[1],
      },
      {
        dataType: DataType.TopOfBook,
        reason: GapReason.SequenceBroken,
        fromMicros: times[1],
        toMicros: times[4],
      },
    ]);
  });
});

describe("trades", () => {
  const row = (seq: number, rest = "") =>
    `{"trade_seq":${seq},"trade_id":"ETH-${seq}","timestamp":1616321478553,"price":5.6168e4,"instrument_name":"BTC-PERPETUAL","direction":"buy","amount":5580.0,"starbase_match_id":225046781992378368${rest}}`;
  const channel = "trades.BTC-PERPETUAL.100ms";

  it("are each of a batch, with their kind; what is no trade costs no other", () => {
    const stage = new FeedStage();
    stage.open(channel, "BTC-PERPETUAL", TRADES);
    const bad = row(4).replace('"buy"', '"both"');
    stage.notify(
      channel,
      `[${row(1)},${row(2, ',"liquidation":"T"')},${row(3, ',"block_trade_id":"BLOCK-1"')},${bad}]`,
    );
    expect(stage.sink.trades.map(({ tradeId }) => tradeId)).toEqual([1, 2, 3]);
    expect(stage.sink.trades[0]).toMatchObject({ price: "56168.0", quantity: "5580" });
    expect(stage.sink.kinds).toEqual([TradeKind.Regular, TradeKind.Liquidation, TradeKind.Block]);
    expect(stage.sink.rejections).toMatchObject([{ detail: "direction is neither buy nor sell" }]);
    stage.notify(channel, row(5));
    expect(stage.sink.rejections.at(-1)).toMatchObject({ detail: "the data of trades is no list" });
  });
});

describe("books", () => {
  const channel = "book.BTC-PERPETUAL.100ms";
  const level = (action: string, price: string, amount: string) => `["${action}",${price},${amount}]`;
  const snapshot = (id: number, rest = '"type":"snapshot",') =>
    `{${rest}"timestamp":1622627433440,"change_id":${id},"bids":[${level("new", "37240.0", "20.0")}],"asks":[${level("new", "3.72405e4", "1.424e4")}]}`;
  const change = (id: number, previous: number, bids: string, type = '"type":"change",') =>
    `{${type}"timestamp":1622627433540,"prev_change_id":${previous},"change_id":${id},"bids":[${bids}],"asks":[]}`;

  function open() {
    const stage = new FeedStage();
    const feed = stage.open(channel, "BTC-PERPETUAL", BOOK);
    return {
      stage,
      feed,
      kinds: () => stage.sink.books.map(({ kind, lastUpdateId }) => `${kind} ${lastUpdateId}`),
    };
  }

  it("follow their chain; a break is a Gap, and a new snapshot is asked for", () => {
    const { feed, kinds, stage } = open();
    stage.notify(channel, change(9, 8, ""));
    stage.notify(channel, snapshot(10));
    stage.notify(channel, change(12, 10, level("change", "37240.0", "30")));
    stage.notify(channel, change(15, 13, level("delete", "37240.0", "0.0")));
    stage.notify(channel, change(16, 15, ""));
    expect(kinds()).toEqual(["snapshot 10", "delta 12"]);
    expect(stage.sink.gaps).toMatchObject([{ reason: GapReason.SequenceBroken, fromId: 13, toId: 15 }]);
    expect(stage.restarted).toEqual([channel]);
    stage.notify(channel, snapshot(20));
    stage.notify(channel, change(21, 20, level("delete", "37240.0", "0.0")));
    expect(kinds().slice(2)).toEqual(["snapshot 20", "delta 21"]);
    feed.showAgain?.();
    expect(kinds().at(-1)).toBe("snapshot 21");
    expect(stage.sink.books.at(-1)).toMatchObject({ bestBid: undefined, bestAsk: 372_405n });
  });

  it("read the forms of other years: no type, a snapshot with a previous id, a restart at 0", () => {
    const { kinds, stage } = open();
    stage.notify(channel, snapshot(10, ""));
    stage.notify(channel, change(11, 10, level("new", "37239.5", "5"), ""));
    stage.notify(channel, snapshot(1_232_767_964, '"type":"snapshot","prev_change_id":20,'));
    stage.notify(channel, change(30, 0, ""));
    expect(kinds()).toEqual(["snapshot 10", "delta 11", "snapshot 1232767964"]);
    expect([stage.sink.gaps.length, stage.restarted.length]).toEqual([1, 1]);
  });

  it("are void after a change that cannot be read", () => {
    const { kinds, stage } = open();
    stage.notify(channel, snapshot(10));
    stage.notify(channel, change(11, 10, level("swap", "37240.0", "30")));
    stage.notify(channel, change(12, 11, ""));
    expect(kinds()).toEqual(["snapshot 10"]);
    expect(stage.sink.rejections).toMatchObject([
      { detail: expect.stringContaining("none of new, change, delete") },
    ]);
    expect([stage.sink.gaps.length, stage.restarted.length]).toEqual([1, 1]);
  });

  it("are asked for again where the whole book does not come", () => {
    const { feed, stage } = open();
    feed.acknowledged?.();
    feed.check?.(stage.clock.monotonicMillis() + 9_999);
    expect(stage.restarted).toEqual([]);
    feed.check?.(stage.clock.monotonicMillis() + 10_000);
    expect(stage.restarted).toEqual([channel]);
  });
});
