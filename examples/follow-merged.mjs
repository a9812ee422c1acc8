import { followMergedBooks } from "ims-client";

// Each message is a whole book; `venues` says who is in it, and how old its part is.
for await (const { symbol, bids, asks, spread } of followMergedBooks({ symbols: "BTC/USDT" })) {
  const [bid, ask] = [bids[0], asks[0]];
  if (bid && ask)
    console.log(symbol, `${bid.price} ${bid.exchange}  ${ask.price} ${ask.exchange}  ${spread}`);
}
