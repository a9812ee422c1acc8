import { setTimeout } from "node:timers/promises";
import { ImsClient } from "ims-client";

const client = await ImsClient.open({ exchange: "binancespot" });
await client.startTradeData(["BTCUSDT", "ETHUSDT"]);
for await (const trade of client.trades({ onFull: "skip", capacity: 10 })) {
  if (trade.type === "skipped") console.log(`${trade.count} trades were left out`);
  else console.log(trade.symbol, trade.tradeId);
  await setTimeout(50);
}
