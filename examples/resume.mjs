import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { ImsClient, ResumePoint } from "ims-client";

const file = process.argv[2] ?? "trades.resume.json";
const client = await ImsClient.open({ exchange: "binancespot" });
const subscriptions = await client.startTradeData(["BTCUSDT", "ETHUSDT"], { from: savedPoint() });
const point = new ResumePoint(subscriptions);
client.on("missed", ({ cause, subscriptions }) => console.warn(cause, subscriptions));
for await (const trade of client.trades()) {
  console.log(trade.symbol, trade.tradeId);
  point.passed(trade);
  // A program with a database stores the point together with what it made of the trade.
  writeFileSync(`${file}.new`, JSON.stringify(point));
  renameSync(`${file}.new`, file);
}

function savedPoint() {
  try {
    return ResumePoint.parse(readFileSync(file, "utf8"));
  } catch (error) {
    if (error.code === "ENOENT") return "now";
    throw error;
  }
}
