import { DataType } from "@ims/common";
import type { DeribitTerms } from "../instruments.js";
import type { DeribitRequests } from "../rpc/deribit-requests.js";
import { BarsFeed } from "./bars-feed.js";
import { BookFeed } from "./book-feed.js";
import { DayTickerFeed } from "./day-ticker-feed.js";
import type { DeribitFeed, FeedParts } from "./deribit-feed.js";
import { MarkPriceFeed } from "./mark-price-feed.js";
import { OptionTickerFeed } from "./option-ticker-feed.js";
import { QuoteFeed } from "./quote-feed.js";
import { TradesFeed } from "./trades-feed.js";

/** The reader of what a feed asks for; of kinds that `channelOf` offers. */
export function openFeed(parts: FeedParts, terms: DeribitTerms, requests: DeribitRequests): DeribitFeed {
  switch (parts.feed.request.dataType) {
    case DataType.Book:
      return new BookFeed(parts, terms.isCombo);
    case DataType.TopOfBook:
      return new QuoteFeed(parts);
    case DataType.Bar:
      return new BarsFeed(parts, requests);
    case DataType.OptionTicker:
      if (terms.option) return new OptionTickerFeed(parts, terms.option);
      break;
    case DataType.Ticker:
      return new DayTickerFeed(parts);
    case DataType.MarkPrice:
      return new MarkPriceFeed(parts);
    default:
  }
  return new TradesFeed(parts, requests);
}
