import { fail } from "../errors.js";
import type { FileSystem } from "../file-system/file-system.js";
import { readSyncedMark, SYNCED_MARK_NAME } from "../segment/synced-mark.js";
import {
  decodeEntry,
  decodeJournalHeader,
  decodeSnapshot,
  ENTRY_HEADER_BYTES,
  JOURNAL_HEADER_BYTES,
  type JournalEntry,
  sequenceOfName,
} from "./journal-file.js";

/** What a folder holds after the torn end, if any, was left out. */
export interface RecoveredJournal {
  readonly snapshot: JournalEntry | undefined;
  /** Entries behind the snapshot, in order. */
  readonly entries: readonly JournalEntry[];
  /** First sequence of the file that goes on, or undefined when a new one must be begun. */
  readonly activeFirstSequence: number | undefined;
  /** Length of the valid part of that file; what follows must be cut off. */
  readonly activeBytes: number;
  /** Length of the part of it that a confirmed entry says was synced. */
  readonly activeVouchedBytes: number;
  readonly tornBytes: number;
  /** Sequence of the mark of synced bytes, 0 when there is none. */
  readonly markSequence: number;
}

/**
 * Reads the newest snapshot and the journals behind it.
 * A crash can only spoil what was never synced. An entry says how much of the file was synced before it, and the mark
 * beside the files how much behind the last one, so a damaged place below that length is damage to confirmed entries and
 * an error; any other one is the torn end.
 * @throws ImsError `journal.corrupt` naming file and position
 */
export async function recoverJournal(fileSystem: FileSystem, directory: string): Promise<RecoveredJournal> {
  const names = await fileSystem.list(directory);
  const snapshot = await newestSnapshot(fileSystem, directory, names);
  const firstSequences = names
    .map((name) => [name, sequenceOfName(name, "journal")] as const)
    .filter((entry): entry is readonly [string, number] => entry[1] !== undefined);
  const mark = await readMark(fileSystem, directory, firstSequences.at(-1)?.[1]);
  const entries: JournalEntry[] = [];
  let nextSequence = snapshot === undefined ? 1 : snapshot.sequence + 1;
  let active: { firstSequence: number; read: JournalRead } | undefined;
  for (const [name, firstSequence] of firstSequences) {
    const path = `${directory}/${name}`;
    const read = await readJournal(fileSystem, path, firstSequence);
    const markedBytes = mark?.baseOffset === firstSequence ? mark.syncedBytes : 0;
    if ((read?.validBytes ?? 0) < markedBytes)
      throw corrupt(path, read?.validBytes ?? 0, "a confirmed entry is damaged");
    if (read === undefined) continue;
    // Begun beside the old file by a compaction that failed: entries went on in the old one.
    if (read.entries.length === 0 && firstSequence < nextSequence) continue;
    if (firstSequence > nextSequence)
      throw corrupt(path, 0, `the file begins with sequence ${firstSequence} where ${nextSequence} is next`);
    for (const entry of read.entries) {
      if (entry.sequence < nextSequence) continue;
      if (entry.sequence !== nextSequence)
        throw corrupt(path, 0, `sequence ${entry.sequence} where ${nextSequence} is next`);
      entries.push(entry);
      nextSequence++;
    }
    active = { firstSequence, read };
  }
  // A file that ends in front of the snapshot was given up when the disk refused it a write; it gets no more entries.
  if (active !== undefined && active.firstSequence + active.read.entries.length !== nextSequence) {
    active = undefined;
  }
  return {
    snapshot,
    entries,
    activeFirstSequence: active?.firstSequence,
    activeBytes: active?.read.validBytes ?? 0,
    activeVouchedBytes: active?.read.vouchedBytes ?? 0,
    tornBytes: active?.read.tornBytes ?? 0,
    markSequence: mark?.sequence ?? 0,
  };
}

interface JournalRead {
  readonly entries: readonly JournalEntry[];
  readonly validBytes: number;
  readonly vouchedBytes: number;
  readonly tornBytes: number;
}

/** What the mark says of the synced part of a journal file, whose first sequence it calls base offset. */
async function readMark(fileSystem: FileSystem, directory: string, newestSequence: number | undefined) {
  const mark = await readSyncedMark(fileSystem, directory);
  const path = `${directory}/${SYNCED_MARK_NAME}`;
  if (mark === "version") throw corrupt(path, 0, "the file is of an unknown format version");
  if (mark !== undefined && mark.baseOffset > (newestSequence ?? 0))
    throw corrupt(path, 0, `journal ${mark.baseOffset} is missing, whose entries had been confirmed`);
  return mark;
}

async function newestSnapshot(fileSystem: FileSystem, directory: string, names: readonly string[]) {
  const found = names.filter((name) => sequenceOfName(name, "snapshot") !== undefined);
  const newest = found.at(-1);
  if (newest === undefined) return undefined;
  const path = `${directory}/${newest}`;
  const snapshot = decodeSnapshot((await fileSystem.readFile(path)) ?? new Uint8Array(0));
  // It was synced before it got its name, so a crash cannot explain this.
  if (snapshot === undefined)
    throw corrupt(path, 0, "the snapshot fails its checksum or has an unknown version");
  return snapshot;
}

/** @returns undefined for a file that was never begun: nothing but a part of its header came to the disk */
async function readJournal(
  fileSystem: FileSystem,
  path: string,
  firstSequence: number,
): Promise<JournalRead | undefined> {
  const source = (await fileSystem.readFile(path)) ?? new Uint8Array(0);
  const bytes = Buffer.from(source.buffer, source.byteOffset, source.length);
  if (decodeJournalHeader(bytes) !== firstSequence) {
    if (provenSyncedBytes(bytes, JOURNAL_HEADER_BYTES) > 0)
      throw corrupt(path, 0, "the file header is damaged");
    if (bytes.length >= JOURNAL_HEADER_BYTES && bytes.some((byte) => byte !== 0)) {
      throw corrupt(path, 0, "the file header is damaged or of an unknown version");
    }
    return undefined;
  }
  const entries: JournalEntry[] = [];
  let at = JOURNAL_HEADER_BYTES;
  let vouchedBytes = 0;
  for (let entry = decodeEntry(bytes, at); entry !== undefined; entry = decodeEntry(bytes, at)) {
    if (entry.sequence !== firstSequence + entries.length) break;
    entries.push(entry);
    vouchedBytes = Math.max(vouchedBytes, Math.min(entry.syncedBytes, at));
    at = entry.end;
  }
  if (provenSyncedBytes(bytes, at) > at) throw corrupt(path, at, "a confirmed entry is damaged");
  return { entries, validBytes: at, vouchedBytes, tornBytes: bytes.length - at };
}

/** The largest synced length that any valid entry at or behind a position vouches for. */
function provenSyncedBytes(bytes: Buffer, from: number): number {
  let proven = 0;
  for (let at = from; at + ENTRY_HEADER_BYTES <= bytes.length; at++) {
    const entry = decodeEntry(bytes, at);
    if (entry === undefined || entry.syncedBytes > at || entry.syncedBytes < JOURNAL_HEADER_BYTES) continue;
    proven = Math.max(proven, entry.syncedBytes);
  }
  return proven;
}

function corrupt(path: string, position: number, what: string) {
  return fail("journal.corrupt", `${path} at byte ${position}: ${what}`, {
    context: { path, position, what },
  });
}
