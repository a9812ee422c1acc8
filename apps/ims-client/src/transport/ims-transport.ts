/** A place in the broker from which records are read. */
export interface PartitionPlace {
  readonly stream: string;
  readonly topic: string;
  readonly partitionId: number;
}

/**
 * Records of one poll, read one after the other without copying: the fields describe the current record, valid after
 * `next()` returned true. The bytes stay valid until {@link release}.
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
  /** The last offset that the partition held when it was asked; undefined where that is not known. */
  readonly currentOffset?: number;
  /**
   * Gives the memory back for later polls; neither the cursor nor a view of its bytes may be looked at afterwards.
   * Calling it again does nothing.
   */
  release(): void;
}

/** From where a partition is read: its first record, or the first that the broker stored at a time or later. */
export type PlaceStart = { readonly kind: "first" } | { readonly kind: "time"; readonly micros: number };

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
  /** The offset of the first record from `start` on; undefined if there is none (yet). */
  offsetAt(place: PartitionPlace, start: PlaceStart): Promise<number | undefined>;
  /** Rises whenever a session with the broker was opened, so that readers look whether it came back empty. */
  readonly sessionCount: number;
  readonly isConnected: boolean;
  /** Calls back after each connection made or lost. */
  onConnection(listener: (connected: boolean) => void): void;
  close(): Promise<void>;
}
