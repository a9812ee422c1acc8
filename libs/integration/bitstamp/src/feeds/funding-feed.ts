import {
  atScale,
  commonScale,
  createMarkPriceFields,
  type JsonObject,
  type OpenFeed,
  OrderJoin,
  readExact,
  Unusable,
} from "@ims/integration-kit";
import type { MarketDataSink } from "@ims/traits";
import { readSeconds } from "../decode/read-numbers.js";
import type { BitstampFeed } from "./bitstamp-feed.js";

/**
 * Mark price and funding of a perpetual (bitstamp.md section 3.5). The index price carries the noise of floats within
 * its text; it is passed on as it is printed, at a scale that holds it.
 */
export class FundingFeed implements BitstampFeed {
  readonly #price = createMarkPriceFields();
  readonly #join = new OrderJoin();
  isClosed = false;

  constructor(
    private readonly feed: OpenFeed,
    private readonly context: { readonly sink: Pick<MarketDataSink, "markPrice"> },
  ) {}

  read(event: string, data: JsonObject, receiveMicros: number): void {
    if (event !== "funding_rate_saved")
      throw new Unusable("unexpected", `an event ${event.slice(0, 40)} among funding rates`);
    const price = this.#price;
    const mark = readExact(data, "mark_price");
    const index = readExact(data, "index_price");
    const funding = readExact(data, "funding_rate");
    const scale = commonScale([mark, index], this.feed.instrument.priceScale, "mark and index price");
    price.eventMicros = readSeconds(data, "timestamp");
    price.nextFundingMicros = readSeconds(data, "next_funding_time");
    price.fundingScale = commonScale([funding], 0, "the funding rate");
    this.feed.seen(receiveMicros);
    if (!this.#join.isNew(price.eventMicros, receiveMicros)) return;
    price.instrumentId = this.feed.instrumentId;
    price.receiveMicros = receiveMicros;
    price.flags = 0;
    price.sendMicros = 0;
    price.priceScale = scale;
    price.markPrice = atScale(mark, scale);
    price.indexPrice = atScale(index, scale);
    price.fundingRate = atScale(funding, price.fundingScale);
    this.context.sink.markPrice(price);
  }

  close(): void {
    this.isClosed = true;
  }
}
