import { ImsClient } from "ims-client";

const client = await ImsClient.open({ exchange: "binancespot" });
await client.startTradeData(["BTCUSDT", "ETHUSDT"]);
for await (const trade of client.trades()) console.log(trade.symbol, `${trade.price}`, `${trade.quantity}`);
