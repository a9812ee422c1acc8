import { describe, expect, it } from "vitest";
import { DataType } from "../ids/data-type.js";
import { ExchangeId } from "../ids/exchange.js";
import { MARKET_DATA_TOPICS, marketDataPartition, marketDataTopicOf, streamNames } from "./stream-names.js";

describe("streamNames", () => {
  it("names everything of one exchange", () => {
    const names = streamNames(ExchangeId.BinanceUsdMarginFuture);
    expect(names).toMatchObject({
      exchange: "binanceusdmarginfuture",
      controlStream: "binanceusdmarginfuture-control-stream",
      controlTopic: "binanceusdmarginfuture-control-topic",
      marketDataStream: "binanceusdmarginfuture-market-data",
      dataTopic: "binanceusdmarginfuture-data-topic",
    });
    expect(names.clientStream(100)).toBe("binanceusdmarginfuture-data-client-100");
  });

  it.each([0, 11, -1, 1.5])("refuses exchange %s", (id) => {
    expect(() => streamNames(id)).toThrow(expect.objectContaining({ code: "exchange.unknown" }));
  });

  it("has a topic for every data type", () => {
    const topics: string[] = Object.values(MARKET_DATA_TOPICS);
    for (const type of Object.values(DataType)) {
      if (type !== DataType.Unknown) expect(topics).toContain(marketDataTopicOf(type));
    }
    expect(marketDataTopicOf(DataType.Unknown)).toBeUndefined();
    expect(marketDataTopicOf(99)).toBeUndefined();
  });

  it("keeps an instrument in one partition and spreads neighbours", () => {
    expect([0, 1, 4, 7].map((id) => marketDataPartition(id, 4))).toEqual([0, 1, 0, 3]);
  });
});
