export { applyRepair } from "./check/apply-repair.js";
export { checkJournal } from "./check/check-journal.js";
export { type CheckedLog, checkLog } from "./check/check-log.js";
export type { StorageProblem, StorageRepair } from "./check/storage-problem.js";
export { STORAGE_ERRORS } from "./errors.js";
export type { FileHandle, FileLock, FileSystem, OpenMode } from "./file-system/file-system.js";
export {
  type FileFault,
  type FileOperation,
  MemoryFileSystem,
  systemError,
} from "./file-system/memory-file-system.js";
export { hasCode, nodeFileSystem } from "./file-system/node-file-system.js";
export { OpenFiles } from "./file-system/open-files.js";
export { releaseLockOfThread } from "./file-system/process-lock.js";
export { Journal, type JournalOptions, type OpenedJournal } from "./journal/journal.js";
export type { JournalEntry } from "./journal/journal-file.js";
export { type RecoveredJournal, recoverJournal } from "./journal/recover-journal.js";
export type {
  AppendSync,
  DiskReport,
  PartitionLogOptions,
  RecoveryReport,
  SealedSegment,
} from "./log/log-context.js";
export type { ReadLimits } from "./log/log-reader.js";
export { PartitionLog } from "./log/partition-log.js";
export type { LogRead, LogRecord, RecordFormat } from "./log/record-format.js";
export { BlockPool } from "./memory/block-pool.js";
export { MemoryBudget } from "./memory/memory-budget.js";
