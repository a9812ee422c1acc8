import type { FileHandle, FileSystem } from "../file-system/file-system.js";
import type { JournalOptions } from "./journal.js";
import { encodeJournalHeader, journalName } from "./journal-file.js";
import type { RecoveredJournal } from "./recover-journal.js";

/**
 * Opens the file that goes on. What no later entry vouches for is written again before it is synced: after a sync that
 * failed, the system may show bytes that it will never write by itself.
 */
export async function takeOver(
  { fileSystem, directory }: JournalOptions,
  { activeBytes, activeVouchedBytes, tornBytes }: RecoveredJournal,
  firstSequence: number,
): Promise<FileHandle> {
  const file = await fileSystem.open(`${directory}/${journalName(firstSequence)}`, "write");
  try {
    const unsure = new Uint8Array(activeBytes - activeVouchedBytes);
    await file.read(unsure, activeVouchedBytes);
    await file.write([unsure], activeVouchedBytes);
    if (tornBytes > 0) await file.truncate(activeBytes);
    await file.sync();
    await fileSystem.syncDirectory(directory);
    return file;
  } catch (error) {
    await file.close().catch(() => undefined);
    throw error;
  }
}

/** Begins an empty file, synced with its name; one that was never begun is emptied. */
export async function beginFile(
  { fileSystem, directory }: JournalOptions,
  firstSequence: number,
): Promise<FileHandle> {
  const path = `${directory}/${journalName(firstSequence)}`;
  const file = await fileSystem.open(path, "create");
  try {
    await file.truncate(0);
    await file.write([encodeJournalHeader(firstSequence)], 0);
    await file.sync();
    await fileSystem.syncDirectory(directory);
    return file;
  } catch (error) {
    await file.close().catch(() => undefined);
    throw error;
  }
}

/** Writes a file beside its place, synced. */
export async function writeDraft(
  fileSystem: FileSystem,
  path: string,
  chunks: readonly Uint8Array[],
): Promise<void> {
  const file = await fileSystem.open(draftOf(path), "create");
  try {
    await file.truncate(0);
    await file.write(chunks, 0);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Where a snapshot is written before it gets its name. */
export function draftOf(path: string): string {
  return `${path}.new`;
}
