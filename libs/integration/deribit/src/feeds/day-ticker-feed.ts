import {
  atScale,
  commonScale,
  createTickerFields,
  type ExactDecimal,
  type JsonObject,
  type OpenFeed,
} from "@ims/integration-kit";
import type { TickerFields } from "@ims/traits";
import { DAY_TICKER_PLACES } from "../decode/day-ticker-walker.js";
import { KeptBigInts } from "../decode/kept-bigints.js";
import type { Walkers } from "../decode/walkers.js";
import { readNumberIfGiven, readTimestamp } from "../json/number-fields.js";
import { fillHead, requireObject } from "./deribit-feed.js";
import { StateFeed } from "./state-feed.js";

const NONE: ExactDecimal = { mantissa: 0n, scale: 0 };

/** What was traded of one instrument within 24 hours, from `stats` of its ticker (deribit.md section 5). */
export class DayTickerFeed extends StateFeed<TickerFields> {
  protected readonly record = createTickerFields();
  readonly #kept = new KeptBigInts(DAY_TICKER_PLACES);

  walk({ dayTickers, frame }: Walkers, start: number, receiveMicros: number): number {
    return dayTickers.walk(frame, start, this.feed, this.#kept, receiveMicros);
  }

  protected walkedRecord({ dayTickers }: Walkers): TickerFields {
    return dayTickers.ticker;
  }

  protected fill(row: JsonObject, receiveMicros: number): void {
    readDayTicker(row, this.feed, receiveMicros, this.record);
  }

  protected publish(record: TickerFields): void {
    this.context.sink.ticker(record);
  }
}

/**
 * Fills `ticker`. Amounts of inverse futures are dollars, and so is their volume; of all others it is coins. Where nothing
 * was traded the venue prints null: the volume is 0 then. It tells neither the price of the beginning, nor the volume in
 * the quote currency, nor the number of trades. Throws `Unusable`.
 */
export function readDayTicker(
  row: JsonObject,
  feed: OpenFeed,
  receiveMicros: number,
  ticker: TickerFields,
): void {
  const { contractSize, priceScale, quantityScale } = feed.instrument;
  fillHead(ticker, feed, readTimestamp(row, "timestamp"), receiveMicros);
  const stats = requireObject(row.stats, "stats");
  const high = readNumberIfGiven(stats, "high");
  const low = readNumberIfGiven(stats, "low");
  const last = readNumberIfGiven(row, "last_price");
  const given = [high, low, last].filter((price) => price !== undefined);
  ticker.priceScale = commonScale(given, priceScale, "high, low, last_price");
  const scaled = (price: ExactDecimal | undefined) => (price ? atScale(price, ticker.priceScale) : null);
  ticker.open = null;
  ticker.high = scaled(high);
  ticker.low = scaled(low);
  ticker.last = scaled(last);
  const isInDollars = contractSize !== undefined;
  const volume = readNumberIfGiven(stats, isInDollars ? "volume_usd" : "volume") ?? NONE;
  ticker.quantityScale = commonScale([volume], quantityScale, "volume");
  ticker.volume = atScale(volume, ticker.quantityScale);
  ticker.quoteScale = 0;
  ticker.quoteVolume = null;
  ticker.windowStartMicros = 0;
  ticker.tradeCount = -1;
}
