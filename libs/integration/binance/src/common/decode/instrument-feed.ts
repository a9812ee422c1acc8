import type { Instrument, TimeResolution } from "@ims/common";

/** What is known of one instrument's trades stream. Written by decoders, read by the status. */
export interface TradeFeed {
  active: boolean;
  /** Id of the last trade on this connection, 0 before the first. */
  lastTradeId: number;
  /** Wall time of the last trade, 0 before the first. */
  lastMicros: number;
  /** Trades whose id was not the last one plus one. */
  idJumpCount: number;
}

export interface BarFeed {
  active: boolean;
  lastMicros: number;
}

/** One instrument that was ever subscribed: how decoders get from a symbol's bytes to its number. */
export class InstrumentFeed {
  readonly symbolBytes: Uint8Array;
  readonly trades: TradeFeed = { active: false, lastTradeId: 0, lastMicros: 0, idJumpCount: 0 };
  readonly bars = new Map<TimeResolution, BarFeed>();

  constructor(
    public instrument: Instrument,
    readonly instrumentId: number,
  ) {
    this.symbolBytes = new TextEncoder().encode(instrument.symbol);
  }
}
