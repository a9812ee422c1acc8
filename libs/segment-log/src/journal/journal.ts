import type { ImsError } from "@ims/common";
import { fail } from "../errors.js";
import type { FileHandle, FileSystem } from "../file-system/file-system.js";
import { OpenFiles } from "../file-system/open-files.js";
import { SYNCED_MARK_NAME, SyncedMarkFile } from "../segment/synced-mark.js";
import {
  ENTRY_PAYLOAD_BYTES_MAX,
  encodeEntryHeader,
  encodeSnapshot,
  JOURNAL_HEADER_BYTES,
  type JournalEntry,
  sequenceOfName,
  snapshotName,
} from "./journal-file.js";
import { beginFile, draftOf, takeOver, writeDraft } from "./journal-output.js";
import { recoverJournal } from "./recover-journal.js";

export interface JournalOptions {
  readonly fileSystem: FileSystem;
  /** Folder of this journal alone. */
  readonly directory: string;
  /**
   * The owner's state as of the last confirmed entry. Asked for when the disk takes writes again after it refused one.
   * Without it a journal that was refused a write takes no more entries until it is compacted or opened again.
   */
  readonly state?: () => Uint8Array;
}

export interface OpenedJournal {
  readonly journal: Journal;
  readonly snapshot: JournalEntry | undefined;
  readonly entries: readonly JournalEntry[];
  /** Bytes of an unconfirmed entry that a crash left and that were cut off. */
  readonly tornBytes: number;
}

interface PendingEntry {
  readonly payload: Uint8Array;
  readonly resolve: (sequence: number) => void;
  readonly reject: (error: Error) => void;
}

/**
 * An append-only list of entries that survive a loss of power once confirmed. Sequences count from 1, for the life of
 * the folder. Entries that arrive during a sync share the next one.
 *
 * When the disk refuses a write or a sync, nobody knows what the file holds behind the last confirmed entry, so it gets
 * no more entries. The next append first begins anew: a snapshot of the owner's state and a new file, both numbered
 * behind every sequence that was ever tried. Refused entries lie in front of that snapshot, wherever they may be, and so
 * never count; their sequences are not used again. No name of a file that may hold an entry is used twice, so nothing of
 * a refused write can come to stand in a later file.
 *
 * Invariant: a file gets entries only while its header is synced and every write to it has succeeded.
 */
export class Journal {
  private waiting: PendingEntry[] = [];
  private pumping: Promise<void> | undefined;
  private refusal: ImsError | undefined;
  /** Set from a refused write until the journal has begun anew. */
  private suspended = false;
  /** Highest sequence that an entry or a file was tried with. */
  private triedSequence: number;
  private readonly markFiles: OpenFiles;
  private readonly mark: SyncedMarkFile;

  private constructor(
    private readonly options: JournalOptions,
    private file: FileHandle,
    private fileBytes: number,
    private lastSequence: number,
    private firstSequence: number,
    markSequence: number,
  ) {
    this.triedSequence = Math.max(lastSequence, firstSequence);
    this.markFiles = new OpenFiles(options.fileSystem, 1);
    this.mark = new SyncedMarkFile(`${options.directory}/${SYNCED_MARK_NAME}`, this.markFiles, markSequence);
  }

  /** Opens the journal in a folder, making both when missing. @throws ImsError `journal.corrupt` */
  static async open(options: JournalOptions): Promise<OpenedJournal> {
    const { fileSystem, directory } = options;
    await fileSystem.makeDirectory(directory);
    const found = await recoverJournal(fileSystem, directory);
    const lastSequence = found.entries.at(-1)?.sequence ?? found.snapshot?.sequence ?? 0;
    let fileBytes = found.activeBytes;
    let file: FileHandle;
    if (found.activeFirstSequence === undefined) {
      file = await beginFile(options, lastSequence + 1);
      fileBytes = JOURNAL_HEADER_BYTES;
    } else {
      file = await takeOver(options, found, found.activeFirstSequence);
    }
    const firstSequence = found.activeFirstSequence ?? lastSequence + 1;
    const journal = new Journal(options, file, fileBytes, lastSequence, firstSequence, found.markSequence);
    return { journal, snapshot: found.snapshot, entries: found.entries, tornBytes: found.tornBytes };
  }

  /** Bytes of the current file; its owner writes a snapshot when it finds this large. */
  get sizeBytes(): number {
    return this.fileBytes;
  }

  /** Whether the disk refused a write and no entry was confirmed since. */
  get isSuspended(): boolean {
    return this.suspended;
  }

  /** Sequence of the last confirmed entry, 0 before the first. */
  get sequence(): number {
    return this.lastSequence;
  }

  /**
   * Appends an entry of at most 16 MiB; resolves with its sequence once it is synced.
   * @throws ImsError (rejected) `journal.failed` when the disk refused it: after a restart the entry may be there, but no
   *   longer once a later one was confirmed. `journal.entry-too-long`, `journal.closed`
   */
  append(payload: Uint8Array): Promise<number> {
    if (this.refusal !== undefined) return Promise.reject(this.refusal);
    if (payload.length > ENTRY_PAYLOAD_BYTES_MAX) {
      return Promise.reject(
        fail("journal.entry-too-long", `an entry of ${payload.length} bytes for ${this.options.directory}`),
      );
    }
    return new Promise((resolve, reject) => {
      this.waiting.push({ payload, resolve, reject });
      this.pumping ??= this.pump();
    });
  }

  /**
   * Stores the state as of the last confirmed entry and begins a new, empty file; older files go. The caller makes no
   * append between taking the state and the end of this call.
   * @throws the operating system's error; entries go on being taken as far as the disk takes them
   */
  async compact(state: Uint8Array): Promise<void> {
    await this.pumping;
    if (this.refusal !== undefined) throw this.refusal;
    await this.beginAnew(state);
  }

  async close(): Promise<void> {
    if (this.refusal?.code === "journal.closed") return;
    await this.pumping;
    this.refusal = fail("journal.closed", `the journal in ${this.options.directory} is closed`);
    await this.markFiles.close();
    await this.file.close();
  }

  private async pump(): Promise<void> {
    while (this.waiting.length > 0) {
      const group = this.waiting;
      this.waiting = [];
      try {
        if (this.suspended) await this.resume();
        await this.writeGroup(group);
      } catch (cause) {
        await this.suspend();
        const { directory } = this.options;
        const error = fail("journal.failed", `the journal in ${directory} could not be written`, { cause });
        for (const entry of [...group, ...this.waiting]) entry.reject(error);
        this.waiting = [];
      }
    }
    this.pumping = undefined;
  }

  private async writeGroup(group: readonly PendingEntry[]): Promise<void> {
    const chunks: Uint8Array[] = [];
    let sequence = this.lastSequence;
    let byteCount = 0;
    for (const { payload } of group) {
      const header = encodeEntryHeader(++sequence, this.fileBytes, payload);
      chunks.push(header, payload);
      byteCount += header.length + payload.length;
    }
    this.triedSequence = Math.max(this.triedSequence, sequence);
    await this.file.write(chunks, this.fileBytes);
    await this.file.sync();
    this.fileBytes += byteCount;
    await this.mark.write({ baseOffset: this.firstSequence, syncedBytes: this.fileBytes });
    for (const entry of group) entry.resolve(++this.lastSequence);
  }

  /** Cuts off what was refused, if the disk still does that much, so that a restart does not find it either. */
  private async suspend(): Promise<void> {
    this.suspended = true;
    try {
      await this.file.truncate(this.fileBytes);
      await this.file.sync();
    } catch {
      // The snapshot that comes before the next entry makes up for it.
    }
  }

  private async resume(): Promise<void> {
    const { state, directory } = this.options;
    if (state === undefined) throw new Error(`the journal in ${directory} has no state to begin anew with`);
    await this.beginAnew(state());
  }

  /**
   * Snapshot, new file, removal of the older ones. A suspended journal is so no longer. When it fails, one that was
   * sound goes on with its file: the snapshot, if it counts already, speaks for no entry that comes.
   */
  private async beginAnew(state: Uint8Array): Promise<void> {
    const { fileSystem, directory } = this.options;
    const sequence = this.suspended ? this.triedSequence : this.lastSequence;
    const path = `${directory}/${snapshotName(sequence)}`;
    await writeDraft(fileSystem, path, encodeSnapshot(sequence, state));
    // An empty file that goes on behind the snapshot serves as the new one.
    const isBegun = !this.suspended && this.fileBytes === JOURNAL_HEADER_BYTES;
    await fileSystem.rename(draftOf(path), path);
    await fileSystem.syncDirectory(directory);
    if (!isBegun) {
      this.triedSequence = sequence + 1;
      const next = await beginFile(this.options, sequence + 1);
      await this.file.close().catch(() => undefined);
      this.file = next;
      this.firstSequence = sequence + 1;
      this.fileBytes = JOURNAL_HEADER_BYTES;
    }
    this.lastSequence = sequence;
    this.suspended = false;
    await this.removeBefore(sequence);
  }

  /** What cannot be removed is of no consequence and goes with the next snapshot. */
  private async removeBefore(snapshotSequence: number): Promise<void> {
    const { fileSystem, directory } = this.options;
    for (const name of await fileSystem.list(directory).catch(() => [])) {
      const journal = sequenceOfName(name, "journal");
      const snapshot = sequenceOfName(name, "snapshot");
      const isOld =
        (journal !== undefined && journal <= snapshotSequence) ||
        (snapshot !== undefined && snapshot < snapshotSequence);
      if (isOld) await fileSystem.remove(`${directory}/${name}`).catch(() => undefined);
    }
  }
}
