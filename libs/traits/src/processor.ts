/**
 * Records of one partition in their order, as a cursor over the bytes as they were stored. The bytes are valid until
 * the task's `process` has ended.
 */
export interface InputRecords {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  /** Moves to the next record; false behind the last one. */
  next(): boolean;
  /** Of the current record: where its payload stands in {@link bytes}, and its place in the partition. */
  readonly payloadStart: number;
  readonly payloadLength: number;
  /** Octets of the current record's encoded user headers, which stand behind its payload; absent where there are none. */
  readonly headersLength?: number;
  readonly offset: number;
  /** The broker's time of the current record, microseconds since 1970; absent where records come from elsewhere. */
  readonly timestampMicros?: number;
}

/**
 * Takes what a task makes of the current record. Each output carries an id made of the input's offset and its number
 * among the outputs of that record, so an output that is made again after a restart is recognised and left out.
 */
export interface RecordOutput {
  /** Whether a further record should be begun; what the current one makes still fits. */
  readonly accepting: boolean;
  whenAccepting(): Promise<void>;
  /** Where the place that {@link reserve} gave is to be written. They may differ from call to call. */
  readonly bytes: Uint8Array;
  readonly view: DataView;
  /** Room for one message of at most so many octets; valid until {@link commit}, in the same turn of the event loop. */
  reserve(byteCount: number): number;
  /**
   * Publishes what was written there.
   * @param byteCount at most what was reserved
   * @param offset the record it is made of, where that is not the current one; never before that of the last output
   * @param headersByteCount how many of the octets, at their end, are encoded user headers; 0 where left out
   */
  commit(byteCount: number, offset?: number, headersByteCount?: number): void;
}

/** Where a task's records come from. */
export interface TaskInput {
  readonly stream: string;
  readonly topic: string;
  readonly partitionId: number;
}

/** A decision of a task, and the offset of the first record that it counts for. */
export interface TaskNote {
  readonly offset: number;
  readonly octets: Uint8Array;
}

/**
 * Where a task keeps decisions that do not follow from its records: by wall time, or by somebody's command. Each counts
 * from a record on, and is kept before an output depends on it, so that it is there when the same records come again.
 */
export interface TaskJournal {
  /** Those that the state given to the task does not have for certain, oldest first. Taking one up twice does no harm. */
  readonly notes: readonly TaskNote[];
  /** Offset of the last record that stored outputs were made of before this task began; −1 = none. */
  readonly publishedThrough: number;
  /**
   * Resolves when the broker has it. Those before the offset of a later snapshot are forgotten.
   * @param offset not before that of the last note, nor of the first record that was not handled
   */
  keep(offset: number, octets: Uint8Array): Promise<void>;
}

/**
 * The work on one partition. It must depend on nothing but its records and its state: after a restart the same records
 * come again and have to give equal bytes. So no wall time, no randomness, but by its {@link TaskJournal}.
 */
export interface ProcessorTask {
  /** Handles all records; the next batch comes when the returned promise, if any, has resolved. */
  process(records: InputRecords, output: RecordOutput): void | Promise<void>;
  /**
   * The state behind the last record handled; empty for a task without one, `undefined` while none can be given that
   * would lead to equal bytes. The bytes are the caller's. Called between two batches; `process` may be called again
   * before a promise of it has resolved.
   */
  snapshot(): Uint8Array | undefined | Promise<Uint8Array | undefined>;
  /** The partition is somebody else's from now on, or the service stops. */
  close?(): void;
}

/** A stream processor: reads topics, writes topics. */
export interface Processor {
  /** Lower-case letters, digits and dashes; names its output stream and its consumer group. */
  readonly name: string;
  /** Of the bytes of {@link ProcessorTask.snapshot}: to be raised when older ones cannot be read any more. */
  readonly stateVersion: number;
  /**
   * Records that are stored twice, with one id and the same octets, as after a reply that was lost, come once. Where it is
   * absent they come as they are stored.
   */
  readonly leavesOutCopies?: boolean;
  /** @param state of an earlier snapshot, absent at the first start. Throws for one that it cannot read. */
  createTask(input: TaskInput, state?: Uint8Array, journal?: TaskJournal): ProcessorTask;
}
