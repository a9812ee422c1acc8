import { DataType, type Instrument, type TimeResolution } from "@ims/common";
import { bytesOf } from "./json-chars.js";

/** What is known of one stream of an instrument. Written by decoders, read by the status. */
export interface DataFeed {
  /** Whether its records are passed on. */
  active: boolean;
  /** Wall time of the last record, 0 before the first. */
  lastMicros: number;
}

export interface TradeFeed extends DataFeed {
  /** Id of the last trade on this connection, 0 before the first. */
  lastTradeId: number;
  /** Trades whose id was not the last one plus one. */
  idJumpCount: number;
}

export type BarFeed = DataFeed;

/** One instrument that was ever subscribed: how decoders get from a symbol's bytes to its number. */
export class InstrumentFeed {
  /** The symbol as payloads print it. */
  readonly symbolBytes: Uint8Array;
  readonly trades: TradeFeed = { active: false, lastMicros: 0, lastTradeId: 0, idJumpCount: 0 };
  readonly bars = new Map<TimeResolution, BarFeed>();
  readonly topOfBook: DataFeed = { active: false, lastMicros: 0 };
  /** Changes of the book, for whoever keeps one. */
  readonly book: DataFeed = { active: false, lastMicros: 0 };
  /** Best levels, whole at every push. */
  readonly partialBook: DataFeed = { active: false, lastMicros: 0 };
  readonly markPrice: DataFeed = { active: false, lastMicros: 0 };
  readonly liquidations: DataFeed = { active: false, lastMicros: 0 };
  readonly ticker: DataFeed = { active: false, lastMicros: 0 };

  constructor(
    public instrument: Instrument,
    readonly instrumentId: number,
  ) {
    this.symbolBytes = bytesOf(instrument.symbol);
  }

  /** The feed of a data type that has one per instrument; bars have one per resolution, in {@link bars}. */
  of(dataType: DataType): DataFeed | undefined {
    switch (dataType) {
      case DataType.Trade:
        return this.trades;
      case DataType.TopOfBook:
        return this.topOfBook;
      case DataType.Book:
        return this.book;
      case DataType.MarkPrice:
        return this.markPrice;
      case DataType.Liquidation:
        return this.liquidations;
      case DataType.Ticker:
        return this.ticker;
      default:
        return undefined;
    }
  }
}
