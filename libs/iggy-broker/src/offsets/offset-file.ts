import type { FileHandle, FileSystem, OpenFiles } from "@ims/segment-log";
import { fail } from "../errors.js";
import {
  type ConsumerKind,
  encodeSlot,
  OFFSETS_HEADER,
  OFFSETS_SLOT_BYTES,
  offsetsVersion,
  readSlot,
} from "./offset-slots.js";

/** Consumers and groups with an offset in one partition. */
const CONSUMER_COUNT_MAX = 65_536;
interface StoredOffset {
  readonly kind: ConsumerKind;
  readonly consumerId: number;
  /** Undefined once deleted. */
  offset: number | undefined;
  /** Positions of the two slots; writes go to the first of them, the second holds what was synced. */
  readonly slots: [number, number];
  /** Writes so far, and how many of them the file holds. */
  version: number;
  writtenVersion: number;
}

export interface OffsetFileOptions {
  readonly path: string;
  readonly fileSystem: FileSystem;
  readonly files: OpenFiles;
  /** `every-store`: before a store is confirmed; `later`: when the owner calls `sync`; `never`: likewise, and else not. */
  readonly sync: "never" | "later" | "every-store";
}

/** The last consumed offset of every consumer of one partition. Values are in memory; the file follows every change. */
export class OffsetFile {
  private readonly offsets = new Map<string, StoredOffset>();
  private readonly changed = new Set<StoredOffset>();
  private freeSlots: [number, number][] = [];
  /** Offsets that are not deleted; a deleted one keeps its slots until that is synced. */
  private storedCount = 0;
  private sequence = 0;
  private nextPosition = OFFSETS_HEADER.length;
  private exists = false;
  /** Written since the last sync. */
  private readonly unsynced = new Set<StoredOffset>();
  /** What an earlier process wrote, as long as it may not be on disk. */
  private inherited: Buffer | undefined;
  /** A sync failed: the system may never write by itself what the file shows. */
  private syncFailed = false;
  /** False while the file's name may not survive a loss of power. */
  private nameSynced = false;
  private writing: Promise<void> | undefined;

  private constructor(private readonly options: OffsetFileOptions) {}

  /** Reads the file, if there is one; offsets at or beyond `endOffset` are pulled back to the last message. */
  static async open(options: OffsetFileOptions, endOffset: number): Promise<OffsetFile> {
    const file = new OffsetFile(options);
    const bytes = await options.fileSystem.readFile(options.path);
    if (bytes !== undefined) {
      checkVersion(Buffer.from(bytes), options.path);
      file.restore(Buffer.from(bytes), endOffset);
    }
    if (file.changed.size > 0) {
      // On disk before the first new message: the next start would believe the old values and skip what is new.
      await file.writeChanged();
      await file.sync();
    }
    return file;
  }

  get(kind: ConsumerKind, consumerId: number): number | undefined {
    return this.offsets.get(key(kind, consumerId))?.offset;
  }

  /** Whether an offset can be kept: those that are there can always be changed. */
  hasRoomFor(kind: ConsumerKind, consumerId: number): boolean {
    return this.storedCount < CONSUMER_COUNT_MAX || this.get(kind, consumerId) !== undefined;
  }

  /** The smallest offset of those that count; undefined when there is none. */
  lowest(counts: (kind: ConsumerKind, consumerId: number) => boolean): number | undefined {
    let lowest: number | undefined;
    for (const { kind, consumerId, offset } of this.offsets.values()) {
      if (offset === undefined || !counts(kind, consumerId)) continue;
      if (lowest === undefined || offset < lowest) lowest = offset;
    }
    return lowest;
  }

  /** Sets the offset; resolves when the file holds it. Later reads see it at once. */
  store(kind: ConsumerKind, consumerId: number, offset: number): Promise<void> {
    return this.change(kind, consumerId, offset);
  }

  /** Forgets the offset; resolves when the file says so. */
  delete(kind: ConsumerKind, consumerId: number): Promise<void> {
    return this.change(kind, consumerId, undefined);
  }

  /** Makes all confirmed changes survive a loss of power. Changes that come meanwhile wait for it. */
  async sync(): Promise<void> {
    for (let other = this.running; other !== undefined; other = this.running)
      await other.catch(() => undefined);
    if (this.changed.size > 0) {
      // What a refused write left: readers see it already.
      await this.alone(() => this.writeChanged());
      for (let other = this.running; other !== undefined; other = this.running)
        await other.catch(() => undefined);
    }
    if (this.unsynced.size > 0 || this.inherited !== undefined) await this.alone(() => this.syncWritten());
  }

  private get running(): Promise<void> | undefined {
    return this.writing;
  }

  /** Runs a write or sync; nothing else touches the file meanwhile. */
  private alone(work: () => Promise<void>): Promise<void> {
    this.writing = work().finally(() => {
      this.writing = undefined;
    });
    return this.writing;
  }

  private async syncWritten(): Promise<void> {
    const { path, files } = this.options;
    try {
      await files.use(path, "write", async (file) => {
        if (this.syncFailed)
          for (const stored of this.unsynced) await this.writeSlot(file, stored, stored.offset);
        await this.rewriteInherited(file);
        await file.sync();
      });
      await this.syncName();
    } catch (error) {
      this.syncFailed = true;
      throw error;
    }
    this.syncFailed = false;
    this.inherited = undefined;
    for (const stored of this.unsynced) {
      stored.slots.reverse();
      if (stored.offset === undefined && !this.changed.has(stored)) this.forget(stored);
    }
    this.unsynced.clear();
  }

  private async syncName(): Promise<void> {
    if (this.nameSynced) return;
    const { path, fileSystem } = this.options;
    const directory = path.slice(0, path.lastIndexOf("/"));
    await fileSystem.syncDirectory(directory);
    await fileSystem.syncDirectory(directory.slice(0, directory.lastIndexOf("/")) || "/");
    this.nameSynced = true;
  }

  async close(): Promise<void> {
    try {
      await this.sync();
    } finally {
      this.options.files.forget(this.options.path);
    }
  }

  private async change(kind: ConsumerKind, consumerId: number, offset: number | undefined): Promise<void> {
    const id = key(kind, consumerId);
    let stored = this.offsets.get(id);
    if (stored === undefined) {
      const slots = this.takeSlots();
      stored = { kind, consumerId, offset: undefined, slots, version: 0, writtenVersion: 0 };
      this.offsets.set(id, stored);
    }
    if (stored.offset === undefined) this.storedCount += offset === undefined ? 0 : 1;
    else if (offset === undefined) this.storedCount--;
    stored.offset = offset;
    const version = ++stored.version;
    this.changed.add(stored);
    while (stored.writtenVersion < version) {
      if (this.writing === undefined) await this.alone(() => this.writeChanged());
      else await this.writing.catch(() => undefined);
    }
  }

  private async writeChanged(): Promise<void> {
    const { path, files, fileSystem } = this.options;
    const group = [...this.changed].map((stored) => ({
      stored,
      version: stored.version,
      offset: stored.offset,
    }));
    this.changed.clear();
    try {
      if (!this.exists) await fileSystem.makeDirectory(path.slice(0, path.lastIndexOf("/")));
      await files.use(path, "create", async (file) => {
        if (!this.exists) await file.write([OFFSETS_HEADER], 0);
        this.exists = true;
        // The slot that is not written must hold something that is on disk.
        if (this.inherited !== undefined && this.options.sync !== "never") {
          await this.rewriteInherited(file);
          await file.sync();
          this.inherited = undefined;
        }
        for (const { stored, offset } of group) {
          this.unsynced.add(stored);
          await this.writeSlot(file, stored, offset);
        }
      });
      if (this.options.sync === "every-store") await this.syncWritten();
    } catch (error) {
      for (const { stored } of group) this.changed.add(stored);
      throw error;
    }
    for (const { stored, version } of group) stored.writtenVersion = version;
  }

  /** The system may show bytes that it will never write by itself, if a sync of the process before failed. */
  private async rewriteInherited(file: FileHandle): Promise<void> {
    // With `never` there are newer slots by now.
    if (this.inherited !== undefined && this.options.sync !== "never") await file.write([this.inherited], 0);
  }

  private async writeSlot(file: FileHandle, stored: StoredOffset, offset: number | undefined): Promise<void> {
    const { kind, consumerId, slots } = stored;
    const sequence = ++this.sequence;
    await file.write([encodeSlot({ kind, consumerId, offset, sequence })], slots[0]);
  }

  private forget(stored: StoredOffset): void {
    this.offsets.delete(key(stored.kind, stored.consumerId));
    this.freeSlots.push(stored.slots);
  }

  private takeSlots(): [number, number] {
    const free = this.freeSlots.pop();
    if (free !== undefined) return free;
    const first = this.nextPosition;
    this.nextPosition += 2 * OFFSETS_SLOT_BYTES;
    return [first, first + OFFSETS_SLOT_BYTES];
  }

  private restore(bytes: Buffer, endOffset: number): void {
    this.inherited = bytes;
    this.exists = bytes.subarray(0, OFFSETS_HEADER.length).equals(OFFSETS_HEADER);
    for (
      let at = OFFSETS_HEADER.length;
      at + OFFSETS_SLOT_BYTES <= bytes.length;
      at += 2 * OFFSETS_SLOT_BYTES
    ) {
      this.nextPosition = at + 2 * OFFSETS_SLOT_BYTES;
      this.restorePair(bytes, at, endOffset);
    }
  }

  private restorePair(bytes: Buffer, at: number, endOffset: number): void {
    const [newer, older] = [readSlot(bytes, at), readSlot(bytes, at + OFFSETS_SLOT_BYTES)].sort(
      (left, right) => (right?.sequence ?? 0) - (left?.sequence ?? 0),
    );
    const slots: [number, number] =
      newer?.at === at ? [at + OFFSETS_SLOT_BYTES, at] : [at, at + OFFSETS_SLOT_BYTES];
    this.sequence = Math.max(this.sequence, newer?.sequence ?? 0, older?.sequence ?? 0);
    if (newer === undefined || newer.isDeleted) {
      this.freeSlots.push(slots);
      return;
    }
    const { kind, consumerId } = newer;
    const offset = endOffset === 0 ? undefined : Math.min(newer.offset, endOffset - 1);
    const isSame = offset === newer.offset;
    const stored = { kind, consumerId, offset, slots, version: isSame ? 0 : 1, writtenVersion: 0 };
    this.offsets.set(key(kind, consumerId), stored);
    if (offset !== undefined) this.storedCount++;
    if (!isSame) this.changed.add(stored);
  }
}

/** @throws ImsError `broker.data-dir-version` for a file of a later version */
function checkVersion(bytes: Buffer, path: string): void {
  if (offsetsVersion(bytes) !== "unknown") return;
  throw fail("broker.data-dir-version", `${path} is of another format version`, { context: { path } });
}

function key(kind: ConsumerKind, consumerId: number): string {
  return `${kind}:${consumerId}`;
}
