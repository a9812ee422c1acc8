import type {
  BookDeltaRecord,
  BookSnapshotRecord,
  MergedBookRecord,
  TopOfBookRecord,
} from "./book-records.js";
import type { LiquidationRecord, MarkPriceRecord, OptionTickerRecord } from "./derivative-records.js";
import type { BatchSignatureRecord, FeedStatusRecord, GapRecord } from "./feed-records.js";
import type { BookOrderRecord, OrderSnapshotRecord } from "./order-records.js";
import type { BarRecord, InstrumentRecord, TradeRecord } from "./record-types.js";
import type { AverageRecord, TickerRecord } from "./statistic-records.js";

/** Records about an instrument; `type` tells them apart. */
export type MarketRecord =
  | TradeRecord
  | BarRecord
  | InstrumentRecord
  | TopOfBookRecord
  | BookSnapshotRecord
  | BookDeltaRecord
  | MarkPriceRecord
  | LiquidationRecord
  | OptionTickerRecord
  | TickerRecord
  | GapRecord
  | FeedStatusRecord
  | BookOrderRecord
  | OrderSnapshotRecord
  | MergedBookRecord
  | AverageRecord;

/** Whatever streams of data hold. */
export type StreamRecord = MarketRecord | BatchSignatureRecord;
