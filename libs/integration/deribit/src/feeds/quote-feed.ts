import {
  atScale,
  commonScale,
  createTopOfBookFields,
  type ExactDecimal,
  type OpenFeed,
  Unusable,
} from "@ims/integration-kit";
import type { IntegrationContext } from "@ims/traits";
import { readNumberIfGiven, readTimestamp } from "../json/number-fields.js";
import { type DeribitFeed, type FeedParts, fillHead, requireObject } from "./deribit-feed.js";

const NONE: ExactDecimal = { mantissa: 0n, scale: 0 };

/** Best prices of one instrument (deribit.md section 5). They have no ids. */
export class QuoteFeed implements DeribitFeed {
  readonly #feed: OpenFeed;
  readonly #context: IntegrationContext;
  readonly #top = createTopOfBookFields();

  constructor({ context, feed }: FeedParts) {
    this.#feed = feed;
    this.#context = context;
    this.#top.updateId = 0;
  }

  /** A side is empty where its amount is 0 or null: prices of combos may be 0. */
  read(data: unknown, receiveMicros: number): void {
    const row = requireObject(data, "the data of a quote");
    const { priceScale, quantityScale } = this.#feed.instrument;
    const top = this.#top;
    fillHead(top, this.#feed, readTimestamp(row, "timestamp"), receiveMicros);
    const bidAmount = readNumberIfGiven(row, "best_bid_amount") ?? NONE;
    const askAmount = readNumberIfGiven(row, "best_ask_amount") ?? NONE;
    if (bidAmount.mantissa < 0n || askAmount.mantissa < 0n)
      throw new Unusable("bad-number", "an amount is below zero");
    const bidPrice = bidAmount.mantissa === 0n ? undefined : readNumberIfGiven(row, "best_bid_price");
    const askPrice = askAmount.mantissa === 0n ? undefined : readNumberIfGiven(row, "best_ask_price");
    const prices = commonScale([bidPrice ?? NONE, askPrice ?? NONE], priceScale, "prices");
    const amounts = commonScale([bidAmount, askAmount], quantityScale, "amounts");
    top.hasBid = bidPrice !== undefined;
    top.hasAsk = askPrice !== undefined;
    top.bidPrice.setBigInt(atScale(bidPrice ?? NONE, prices), prices);
    top.askPrice.setBigInt(atScale(askPrice ?? NONE, prices), prices);
    top.bidQuantity.setBigInt(atScale(bidAmount, amounts), amounts);
    top.askQuantity.setBigInt(atScale(askAmount, amounts), amounts);
    this.#feed.seen(receiveMicros);
    this.#context.sink.topOfBook(top);
  }
}
