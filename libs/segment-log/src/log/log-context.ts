import type { Clock } from "@ims/common";
import type { FileSystem } from "../file-system/file-system.js";
import type { OpenFiles } from "../file-system/open-files.js";
import { BlockPool } from "../memory/block-pool.js";
import { MemoryBudget } from "../memory/memory-budget.js";
import type { RecordFormat } from "./record-format.js";

/**
 * When appended records survive a loss of power.
 * `every-append`: before the append is confirmed. `later`: when the owner calls `sync`, or when their segment is sealed.
 * `never`: when the owner calls `sync`, and else not; nothing is synced but when the oldest segments are removed. After a
 * loss of power such a log is found with everything up to some record behind the last sync, and nothing behind it.
 */
export type AppendSync = "never" | "later" | "every-append";

/** Says what recovery did; nothing is called when there was nothing to repair. */
export type RecoveryReport = (repair: {
  readonly path: string;
  readonly position: number;
  readonly removedBytes: number;
  readonly reason: string;
}) => void;

/**
 * Says that the disk refuses appends or syncs, with the reason, and that it takes them again; once for each change.
 */
export type DiskReport = (state: "refusing" | "accepting", cause?: unknown) => void;

export interface PartitionLogOptions {
  /** Folder of this log alone; made with the first record. */
  readonly directory: string;
  readonly fileSystem: FileSystem;
  /** Shared by all logs of a process, so that their open files are bounded together. */
  readonly files: OpenFiles;
  readonly format: RecordFormat;
  readonly clock: Clock;
  /** Memory for the newest records, shared by all logs of a process. */
  readonly tailBudget: MemoryBudget;
  /** Memory for records read before they are asked for, shared by all logs of a process. Default: none. */
  readonly readAheadBudget?: MemoryBudget;
  /** Memory for reads and tails, shared by all logs of a process. Default: one that keeps nothing. */
  readonly blocks?: BlockPool;
  /** A segment that has reached this many bytes is sealed; the last record may exceed it. 1 to 2^30. Default 2^30. */
  readonly segmentBytesMax?: number;
  /** Distance of index entries. Default 65,536. */
  readonly indexIntervalBytes?: number;
  /** Newest records kept in memory. Default 4 MiB. */
  readonly tailBytesMax?: number;
  /** Default `later`: the owner calls `sync` when it wants. */
  readonly appendSync?: AppendSync;
  readonly onRecovery?: RecoveryReport;
  readonly onDisk?: DiskReport;
}

/** What is known of a segment that takes no more records. */
export interface SealedSegment {
  readonly baseOffset: number;
  /** Offset behind its last message. */
  readonly nextOffset: number;
  readonly recordBytes: number;
  /** When its last record was appended, microseconds since 1970. */
  readonly lastTimestampMicros: number;
}

/** The options with every default filled in. */
export type LogContext = Readonly<Required<PartitionLogOptions>>;

export function logContext(options: PartitionLogOptions): LogContext {
  return {
    ...options,
    readAheadBudget: options.readAheadBudget ?? new MemoryBudget(0),
    blocks: options.blocks ?? new BlockPool(0),
    segmentBytesMax: options.segmentBytesMax ?? 2 ** 30,
    indexIntervalBytes: options.indexIntervalBytes ?? 65_536,
    tailBytesMax: options.tailBytesMax ?? 4 * 2 ** 20,
    appendSync: options.appendSync ?? "later",
    onRecovery: options.onRecovery ?? (() => undefined),
    onDisk: options.onDisk ?? (() => undefined),
  };
}
