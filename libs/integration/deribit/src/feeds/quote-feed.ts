import {
  atScale,
  commonScale,
  createTopOfBookFields,
  type ExactDecimal,
  type JsonObject,
  Unusable,
} from "@ims/integration-kit";
import type { TopOfBookFields } from "@ims/traits";
import type { Walkers } from "../decode/walkers.js";
import { readNumberIfGiven, readTimestamp } from "../json/number-fields.js";
import { fillHead } from "./deribit-feed.js";
import { StateFeed } from "./state-feed.js";

const NONE: ExactDecimal = { mantissa: 0n, scale: 0 };

/** Best prices of one instrument (deribit.md section 5). They have no ids. */
export class QuoteFeed extends StateFeed<TopOfBookFields> {
  protected readonly record = createTopOfBookFields();

  walk({ frame, quotes }: Walkers, start: number, receiveMicros: number): number {
    return quotes.walk(frame, start, this.feed, receiveMicros);
  }

  protected walkedRecord({ quotes }: Walkers): TopOfBookFields {
    return quotes.top;
  }

  /** A side is empty where its amount is 0 or null: prices of combos may be 0. */
  protected fill(row: JsonObject, receiveMicros: number): void {
    const { priceScale, quantityScale } = this.feed.instrument;
    const top = this.record;
    top.updateId = 0;
    fillHead(top, this.feed, readTimestamp(row, "timestamp"), receiveMicros);
    const bidAmount = readNumberIfGiven(row, "best_bid_amount") ?? NONE;
    const askAmount = readNumberIfGiven(row, "best_ask_amount") ?? NONE;
    if (bidAmount.mantissa < 0n || askAmount.mantissa < 0n)
      throw new Unusable("bad-number", "an amount is below zero");
    const bidPrice = bidAmount.mantissa === 0n ? undefined : readNumberIfGiven(row, "best_bid_price");
    const askPrice = askAmount.mantissa === 0n ? undefined : readNumberIfGiven(row, "best_ask_price");
    const prices = commonScale([bidPrice ?? NONE, askPrice ?? NONE], priceScale, "prices");
    const amounts = commonScale([bidAmount, askAmount], quantityScale, "amounts");
    if (bidPrice && askPrice && atScale(bidPrice, prices) >= atScale(askPrice, prices))
      throw new Unusable("unexpected", "the best bid is not below the best ask");
    top.hasBid = bidPrice !== undefined;
    top.hasAsk = askPrice !== undefined;
    top.bidPrice.setBigInt(atScale(bidPrice ?? NONE, prices), prices);
    top.askPrice.setBigInt(atScale(askPrice ?? NONE, prices), prices);
    top.bidQuantity.setBigInt(atScale(bidAmount, amounts), amounts);
    top.askQuantity.setBigInt(atScale(askAmount, amounts), amounts);
  }

  protected publish(record: TopOfBookFields): void {
    this.context.sink.topOfBook(record);
  }
}
