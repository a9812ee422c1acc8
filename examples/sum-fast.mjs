import { ImsClient } from "ims-client";

const client = await ImsClient.open({ exchange: "binancespot" });
let count = 0;
// Called with a decoder over the bytes that arrived: nothing is made for a trade, and nothing of it may be kept.
client.onFlyweight("trade", (trade) => {
  count++;
  if (count % 100 === 0) console.log(count, trade.price(), trade.priceScale());
});
await client.startTradeData(["BTCUSDT", "ETHUSDT"]);
