/** A place in the broker from which records are read. */
export interface PartitionPlace {
  readonly stream: string;
  readonly topic: string;
  readonly partitionId: number;
}

/**
 * Records of one poll, read one after the other without copying: the fields describe the current record, valid after
 * `next()` returned true. The bytes stay valid until the cursor is dropped.
 */
export interface PolledRecords {
  next(): boolean;
  readonly offset: number;
  /** Where the message id begins in the bytes: 16 bytes, little-endian; all zero for none. */
  readonly idStart: number;
  readonly payloadStart: number;
  readonly payloadLength: number;
  readonly bytes: Uint8Array;
  readonly view: DataView;
}

/**
 * What the client needs of a message broker. Implemented over `@ims/iggy-client`, and in memory by tests.
 * Every call may reject while the connection is away; callers try again.
 */
export interface ImsTransport {
  /**
   * Appends one message to the control topic. Resolves with false if that topic does not exist (no service has ever
   * run on this broker). May store it twice when the outcome of a first attempt is unknown.
   */
  sendControl(payload: Uint8Array): Promise<boolean>;
  /** Up to `countMax` records from `offset` on; undefined if stream, topic or partition do not exist (yet). */
  poll(place: PartitionPlace, offset: number, countMax: number): Promise<PolledRecords | undefined>;
  /** The offset after the newest record; 0 if the place is empty or does not exist. */
  endOffset(place: PartitionPlace): Promise<number>;
  /** Rises whenever a session with the broker was opened, so that readers look whether it came back empty. */
  readonly sessionCount: number;
  /** Calls back after each connection made or lost. */
  onConnection(listener: (connected: boolean) => void): void;
  close(): Promise<void>;
}
