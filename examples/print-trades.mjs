import { ImsClient } from "ims-client";

const client = await ImsClient.connect({ exchange: "binancespot" });
await client.login();
await client.startTradeData(["BTCUSDT", "ETHUSDT"]);
for await (const trade of client.trades()) {
  console.log(trade.symbol, trade.price.toString(), trade.quantity.toString(), trade.aggressor);
}
