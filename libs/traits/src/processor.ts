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
  readonly offset: number;
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
  /** Publishes what was written there. @param byteCount at most what was reserved */
  commit(byteCount: number): void;
}

/** Where a task's records come from. */
export interface TaskInput {
  readonly stream: string;
  readonly topic: string;
  readonly partitionId: number;
}

/**
 * The work on one partition. It must depend on nothing but its records and its state: after a restart the same records
 * come again and have to give equal bytes. So no wall time, no randomness.
 */
export interface ProcessorTask {
  /** Handles all records; the next batch comes when the returned promise, if any, has resolved. */
  process(records: InputRecords, output: RecordOutput): void | Promise<void>;
  /** The state behind the last record handled; empty for a task without one. The bytes are the caller's. */
  snapshot(): Uint8Array;
  /** The partition is somebody else's from now on, or the service stops. */
  close?(): void;
}

/** A stream processor: reads topics, writes topics. */
export interface Processor {
  /** Lower-case letters, digits and dashes; names its output stream and its consumer group. */
  readonly name: string;
  /** Of the bytes of {@link ProcessorTask.snapshot}: to be raised when older ones cannot be read any more. */
  readonly stateVersion: number;
  /** @param state of an earlier snapshot, absent at the first start. Throws for one that it cannot read. */
  createTask(input: TaskInput, state?: Uint8Array): ProcessorTask;
}
