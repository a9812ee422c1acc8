import { Book, ImsClient } from "ims-client";

const client = await ImsClient.open({ exchange: "binancespot" });
const book = new Book("BTCUSDT");
await client.startBook("BTCUSDT");
for await (const message of client.book()) {
  // The state is empty, incomplete, suspect, crossed, stale or broken while the book is not to be trusted.
  if (!book.apply(message)) console.log(book.state, book.reason);
  else console.log(`${book.bids[0]?.price} ${book.asks[0]?.price}`);
}
