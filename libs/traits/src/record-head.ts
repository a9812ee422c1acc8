/**
 * What every market-data record begins with. The venue reuses one object for all records of a kind: a sink reads it
 * during the call and keeps nothing of it. Times are microseconds since 1970, 0 where the venue gives none.
 */
export interface RecordHead {
  /** What {@link MarketDataSink.register} returned for the instrument. */
  instrumentId: number;
  /** When it happened, by the venue. */
  eventMicros: number;
  /** When the venue sent it. */
  sendMicros: number;
  /** When the frame was read here. */
  receiveMicros: number;
  /** Bits of `RecordFlags`; that the venue gave no event time is added by the sink. */
  flags: number;
}
