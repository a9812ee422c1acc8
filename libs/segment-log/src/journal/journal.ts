import type { ImsError } from "@ims/common";
import { fail } from "../errors.js";
import type { FileHandle, FileSystem } from "../file-system/file-system.js";
import {
  ENTRY_PAYLOAD_BYTES_MAX,
  encodeEntryHeader,
  encodeJournalHeader,
  encodeSnapshot,
  JOURNAL_HEADER_BYTES,
  type JournalEntry,
  journalName,
  sequenceOfName,
  snapshotName,
} from "./journal-file.js";
import { recoverJournal } from "./recover-journal.js";

export interface JournalOptions {
  readonly fileSystem: FileSystem;
  /** Folder of this journal alone. */
  readonly directory: string;
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
 * An append-only list of entries that survive a loss of power once confirmed. Sequences count from 1 without gaps, for
 * the life of the folder. Entries that arrive during a sync share the next one.
 */
export class Journal {
  private waiting: PendingEntry[] = [];
  private pumping: Promise<void> | undefined;
  private refusal: ImsError | undefined;

  private constructor(
    private readonly options: JournalOptions,
    private file: FileHandle,
    private fileBytes: number,
    private lastSequence: number,
  ) {}

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
      file = await fileSystem.open(`${directory}/${journalName(found.activeFirstSequence)}`, "write");
      if (found.tornBytes > 0) await file.truncate(fileBytes);
      await file.sync();
      await fileSystem.syncDirectory(directory);
    }
    const journal = new Journal(options, file, fileBytes, lastSequence);
    return { journal, snapshot: found.snapshot, entries: found.entries, tornBytes: found.tornBytes };
  }

  /** Bytes of the current file; its owner writes a snapshot when it finds this large. */
  get sizeBytes(): number {
    return this.fileBytes;
  }

  /** Sequence of the last confirmed entry, 0 before the first. */
  get sequence(): number {
    return this.lastSequence;
  }

  /**
   * Appends an entry of at most 16 MiB; resolves with its sequence once it is synced.
   * @throws ImsError (rejected) `journal.failed` from the first failure on, `journal.closed`
   */
  append(payload: Uint8Array): Promise<number> {
    if (this.refusal !== undefined) return Promise.reject(this.refusal);
    if (payload.length > ENTRY_PAYLOAD_BYTES_MAX) {
      return Promise.reject(fail("journal.failed", `an entry of ${payload.length} bytes is too long`));
    }
    return new Promise((resolve, reject) => {
      this.waiting.push({ payload, resolve, reject });
      this.pumping ??= this.pump();
    });
  }

  /**
   * Stores the state as of the last confirmed entry and begins a new, empty file; older files go. The caller makes no
   * append between taking the state and the end of this call.
   */
  async compact(state: Uint8Array): Promise<void> {
    await this.pumping;
    if (this.refusal !== undefined) throw this.refusal;
    const { fileSystem, directory } = this.options;
    const path = `${directory}/${snapshotName(this.lastSequence)}`;
    await writeWhole(fileSystem, path, encodeSnapshot(this.lastSequence, state));
    await fileSystem.syncDirectory(directory);
    const next = await beginFile(this.options, this.lastSequence + 1);
    await this.file.close();
    this.file = next;
    this.fileBytes = JOURNAL_HEADER_BYTES;
    await this.removeBefore(this.lastSequence);
  }

  async close(): Promise<void> {
    if (this.refusal?.code === "journal.closed") return;
    await this.pumping;
    this.refusal = fail("journal.closed", `the journal in ${this.options.directory} is closed`);
    await this.file.close();
  }

  private async pump(): Promise<void> {
    while (this.waiting.length > 0) {
      const group = this.waiting;
      this.waiting = [];
      try {
        await this.writeGroup(group);
      } catch (cause) {
        // Neither the file's content nor what a sync kept is certain now, so nothing may follow.
        this.refusal ??= fail(
          "journal.failed",
          `the journal in ${this.options.directory} could not be written`,
          {
            cause,
          },
        );
        for (const entry of [...group, ...this.waiting]) entry.reject(this.refusal);
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
    await this.file.write(chunks, this.fileBytes);
    await this.file.sync();
    this.fileBytes += byteCount;
    for (const entry of group) entry.resolve(++this.lastSequence);
  }

  private async removeBefore(snapshotSequence: number): Promise<void> {
    const { fileSystem, directory } = this.options;
    for (const name of await fileSystem.list(directory)) {
      const journal = sequenceOfName(name, "journal");
      const snapshot = sequenceOfName(name, "snapshot");
      const isOld =
        (journal !== undefined && journal <= snapshotSequence) ||
        (snapshot !== undefined && snapshot < snapshotSequence);
      if (isOld) await fileSystem.remove(`${directory}/${name}`);
    }
  }
}

async function beginFile(
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

async function writeWhole(
  fileSystem: FileSystem,
  path: string,
  chunks: readonly Uint8Array[],
): Promise<void> {
  const draft = `${path}.new`;
  const file = await fileSystem.open(draft, "create");
  try {
    await file.truncate(0);
    await file.write(chunks, 0);
    await file.sync();
  } finally {
    await file.close();
  }
  await fileSystem.rename(draft, path);
}
