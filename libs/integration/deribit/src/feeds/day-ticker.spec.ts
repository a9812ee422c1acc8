import { DataType } from "@ims/common";
import type { TickerFields } from "@ims/traits";
import { expect, it, vi } from "vitest";
import { FeedStage } from "../spec-support/feed-stage.js";

const ticker = (stats: string, last = "83212.5") =>
  `{"timestamp":1790755218559,"stats":${stats},"state":"open","last_price":${last},"instrument_name":"BTC-PERPETUAL"}`;

/** What the sink gets of one notification. */
function read(data: string, contractSize: string | undefined) {
  const stage = new FeedStage();
  const channel = "ticker.BTC-PERPETUAL.agg2";
  stage.open(channel, "BTC-PERPETUAL", { dataType: DataType.Ticker }, contractSize ? { contractSize } : {});
  const records: TickerFields[] = [];
  vi.spyOn(stage.sink, "ticker").mockImplementation((fields) => void records.push({ ...fields }));
  stage.notify(channel, data);
  return { record: records[0], rejections: stage.sink.rejections };
}

it("statistics of a day have the volume in the unit of amounts: dollars of inverse futures, otherwise coins", () => {
  const stats =
    '{"high":8.4e4,"low":82000.5,"price_change":-0.3,"volume":1203.55,"volume_usd":1.0002e6,"volume_notional":1000200.0}';
  expect(read(ticker(stats), "1").record).toMatchObject({
    eventMicros: 1_790_755_218_559_000,
    priceScale: 1,
    open: null,
    high: 840_000n,
    low: 820_005n,
    last: 832_125n,
    volume: 1_000_200n,
    quantityScale: 0,
    quoteVolume: null,
    tradeCount: -1,
  });
  expect(read(ticker(stats), undefined).record).toMatchObject({ volume: 120_355n, quantityScale: 2 });
});

it("a day without a trade has no prices and a volume of 0; without stats it is rejected", () => {
  const none = '{"high":null,"low":null,"price_change":null,"volume":null}';
  expect(read(ticker(none, "null"), undefined).record).toMatchObject({
    high: null,
    low: null,
    last: null,
    volume: 0n,
  });
  const { record, rejections } = read(ticker("7"), undefined);
  expect([record, rejections.map(({ detail }) => detail)]).toEqual([undefined, ["stats is no object"]]);
});
