/** What every record carries. Times are microseconds since 1970; undefined where the message gives none. */
export interface RecordBase {
  /** Version of the schema that the message was written with. */
  readonly schemaVersion: number;
  /** 0 where the message names no exchange. */
  readonly exchangeId: number;
  /** Undefined in version 1 messages. */
  readonly instrumentId: number | undefined;
  readonly symbol: string;
  /** Bits of `v2.RecordFlags`. */
  readonly flags: number;
  readonly eventMicros: number | undefined;
  readonly sendMicros: number | undefined;
  readonly receiveMicros: number | undefined;
  readonly publishMicros: number | undefined;
}

/** What records of version 2 carry: each names its instrument. */
export interface NumberedRecordBase extends RecordBase {
  readonly instrumentId: number;
}
