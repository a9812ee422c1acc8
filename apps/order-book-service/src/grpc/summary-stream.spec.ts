import { VenueBook } from "@ims/book-merge";
import { BOOK_SERVICE, bookProto } from "@ims/book-proto";
import { BookLevels } from "@ims/common";
import { expect, it } from "vitest";
import { SharedMerge } from "../hub/shared-merge.js";
import { SummaryStream } from "./summary-stream.js";

const read = bookProto.service(BOOK_SERVICE).BookSummary!.responseDeserialize as (bytes: Buffer) => {
  bids: { price: string }[];
  conflated: string;
};

it("gives a slow client the latest state and the number of those between", () => {
  const venue = new VenueBook("binancespot");
  const merge = new SharedMerge("BTCUSD", [venue], 5, () => 0);
  const sent: { bids: { price: string }[]; conflated: string }[] = [];
  const written: (() => void)[] = [];
  const call = {
    write: (bytes: Buffer, done: () => void) => {
      sent.push(read(bytes));
      written.push(done);
    },
  };
  const stream = new SummaryStream(call, merge);
  merge.watchers.add(() => stream.changed());
  const bid = (price: number) => {
    const bids = new BookLevels();
    bids.push(price, 0, 1, 0);
    venue.replace({ priceScale: 0, quantityScale: 0, bids, asks: new BookLevels() }, 0, 0, 0);
    merge.refresh();
  };
  stream.begin();
  for (const price of [100, 101, 102]) bid(price);
  expect(sent).toHaveLength(1);
  written.shift()!();
  expect(sent[1]).toMatchObject({ bids: [{ price: "102" }], conflated: "2" });
  written.shift()!();
  expect(sent).toHaveLength(2);
  bid(103);
  expect(sent[2]).toMatchObject({ bids: [{ price: "103" }], conflated: "0" });
  bid(104);
  written.shift()!();
  expect(sent[3]).toMatchObject({ bids: [{ price: "104" }], conflated: "0" });
  expect(stream.conflatedCount).toBe(2);
});
