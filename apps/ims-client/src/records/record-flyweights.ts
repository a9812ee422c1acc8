import type { v2 } from "@ims/sbe";

/**
 * The decoder of each type of message, over the bytes in which the record arrived. Numbers are read where they stand:
 * prices as an int64 mantissa with a scale, times in microseconds.
 */
export interface RecordFlyweights {
  readonly trade: v2.TradeDecoder;
  readonly bar: v2.BarDecoder;
  readonly "top-of-book": v2.TopOfBookDecoder;
  readonly "book-snapshot": v2.BookSnapshotDecoder;
  readonly "book-delta": v2.BookDeltaDecoder;
  readonly "mark-price": v2.MarkPriceDecoder;
  readonly liquidation: v2.LiquidationDecoder;
  readonly "option-ticker": v2.OptionTickerDecoder;
  readonly ticker: v2.TickerDecoder;
  readonly order: v2.BookOrderDecoder;
  readonly "order-snapshot": v2.OrderSnapshotDecoder;
  readonly gap: v2.GapDecoder;
  readonly "feed-status": v2.FeedStatusDecoder;
}

/** Where a record stands in the broker. */
export interface RecordPlace {
  readonly partitionId: number;
  readonly offset: number;
}

/** One record as its decoder. Neither the decoder nor the place may be kept: both are used again for the next record. */
export type FlyweightListener<Type extends keyof RecordFlyweights> = (
  record: RecordFlyweights[Type],
  place: RecordPlace,
) => void;
