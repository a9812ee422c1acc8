import { FrameBytes } from "@ims/integration-kit";
import { BookWalker } from "./book-walker.js";
import { DayTickerWalker } from "./day-ticker-walker.js";
import { MarkPriceWalker } from "./mark-price-walker.js";
import { OptionTickerWalker } from "./option-ticker-walker.js";
import { QuoteWalker } from "./quote-walker.js";
import { TradesWalker } from "./trades-walker.js";

/** What the feeds of one connection read usual frames with; a feed takes what was walked before the next frame is. */
export class Walkers {
  readonly frame = new FrameBytes();
  readonly trades = new TradesWalker();
  readonly books = new BookWalker();
  readonly quotes = new QuoteWalker();
  readonly markPrices = new MarkPriceWalker();
  readonly dayTickers = new DayTickerWalker();
  readonly optionTickers = new OptionTickerWalker();
}
