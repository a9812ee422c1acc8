import { streamNames } from "@ims/common";
import { v2 } from "@ims/sbe";
import type { TradeMessage } from "ims-client";
import { describe, expect, it } from "vitest";
import { startMarketRun } from "./support/market-run.js";
import { officialClientPresent, startPython } from "./support/python.js";

describe.skipIf(!officialClientPresent())("the official Python client on the embedded broker", () => {
  it("finds the stream and reads trades that decode to the same trades", { timeout: 60_000 }, async () => {
    const run = await startMarketRun("spot", { kind: "synthetic", seed: 11, tradesPerSecond: 1000 });
    try {
      const client = await run.connectClient();
      await client.login();
      const symbol = run.simulator.symbols[0]!;
      await client.startTradeData(symbol);
      const ours: TradeMessage[] = [];
      for await (const trade of client.trades()) {
        ours.push(trade);
        if (ours.length === 200) break;
      }
      const names = streamNames(run.exchange);
      const peer = startPython(
        "read_topic.py",
        run.brokerUrl,
        names.marketDataStream,
        "trades",
        String(ours[0]!.partitionId),
        String(ours[0]!.offset),
        "200",
      );
      expect(await peer.exited, peer.errors).toBe(0);
      const lines = peer.output
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as Record<string, string>);
      expect(lines[0]).toEqual({ stream: names.marketDataStream });

      const decoder = new v2.TradeDecoder();
      const theirs = lines.slice(1).map((line) => {
        const bytes = Buffer.from(line.payload!, "hex");
        decoder.wrapAndApplyHeader(
          new DataView(bytes.buffer, bytes.byteOffset, bytes.length),
          0,
          bytes.length,
        );
        return [
          Number(line.offset),
          decoder.symbol(),
          decoder.tradeIdNumber(),
          decoder.price(),
          decoder.quantity(),
        ];
      });
      const wanted = ours.map((trade) => [
        trade.offset,
        trade.symbol,
        trade.tradeId,
        trade.price.mantissa,
        trade.quantity.mantissa,
      ]);
      expect(theirs).toEqual(wanted);
    } finally {
      await run.close();
    }
  });
});
