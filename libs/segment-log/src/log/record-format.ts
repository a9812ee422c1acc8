/**
 * What the log must know of the records it keeps. A record is a run of messages with consecutive offsets that is
 * stored and read as one piece. All functions look at a header of `headerBytes` bytes that lies whole in `view`
 * from `at`, and must not throw whatever the bytes are.
 */
export interface RecordFormat {
  /** Bytes from which every other value can be read. */
  readonly headerBytes: number;
  /** No record is longer, header included. */
  readonly recordBytesMax: number;
  /** Length of the record with its header; anything below `headerBytes` means that no record begins here. */
  recordBytes(view: DataView, at: number): number;
  messageCount(view: DataView, at: number): number;
  /** Offset of the record's first message. */
  baseOffset(view: DataView, at: number): number;
  /** When the record was appended, microseconds since 1970; never below that of the record before it. */
  timestampMicros(view: DataView, at: number): number;
  /** Whether the whole record is as it was written. */
  verify(record: Uint8Array): boolean;
}

/** A stored record. `bytes` must not be changed. */
export interface LogRecord {
  readonly bytes: Uint8Array;
  readonly baseOffset: number;
  readonly messageCount: number;
}

/** Records that were read. Their bytes are valid until `release` is called, for ever when it never is. */
export interface LogRead {
  readonly records: readonly LogRecord[];
  /** Gives the memory of the records back for later reads. Safe to call twice. */
  release(): void;
}
