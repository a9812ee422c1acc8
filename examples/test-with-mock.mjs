import assert from "node:assert/strict";
import { test } from "node:test";
import { MockImsClient, mockTrade } from "ims-client";

/** The program under test: the highest price of the next trades. */
async function highest(client, count) {
  const prices = [];
  for await (const { price } of client.trades()) {
    prices.push(price);
    if (prices.length === count) return prices.reduce((a, b) => (a.compare(b) < 0 ? b : a));
  }
}

test("finds the highest price", async () => {
  const client = new MockImsClient();
  await client.login();
  await client.startTradeData("BTCUSDT");
  for (const price of ["61837.63", "61840", "9999.99"]) client.publish(mockTrade({ price }));
  assert.equal(String(await highest(client, 3)), "61840");
});
