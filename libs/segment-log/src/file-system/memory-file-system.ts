import { fail } from "../errors.js";
import type { FileHandle, FileLock, FileSystem, OpenMode } from "./file-system.js";
import { MemoryFile } from "./memory-file.js";

/** One step on its way to the disk, as a fault sees it. */
export interface FileOperation {
  readonly kind: "open" | "read" | "write" | "truncate" | "sync" | "rename" | "remove" | "syncDirectory";
  readonly path: string;
  readonly byteCount: number;
}

/**
 * Asked before every operation; an error makes the operation fail with it. A failing write still stores its first
 * `writtenBytes` bytes, as a full disk does. A failing sync with `losesUnsynced` gives up what was not synced, as an
 * operating system may: it is shown until the power goes, and no later sync writes it.
 */
export type FileFault = (operation: FileOperation) => OperationFailure | undefined;

export interface OperationFailure {
  readonly error: Error;
  readonly writtenBytes?: number;
  readonly losesUnsynced?: boolean;
}

/** A disk in memory whose power can be cut: {@link crashed} gives what would be found afterwards. */
export class MemoryFileSystem implements FileSystem {
  /** Set by tests to make operations fail. */
  fault: FileFault | undefined;
  openFileCount = 0;
  private readonly names = new Map<string, MemoryFile>();
  private readonly durableNames = new Map<string, MemoryFile>();
  private readonly directories = new Set<string>(["/"]);
  private readonly locks = new Set<string>();

  async open(path: string, mode: OpenMode): Promise<FileHandle> {
    this.check({ kind: "open", path, byteCount: 0 });
    let file = this.names.get(path);
    if (file === undefined) {
      if (mode !== "create" || !this.directories.has(parentOf(path))) throw systemError("ENOENT", path);
      file = new MemoryFile();
      this.names.set(path, file);
    }
    this.openFileCount++;
    return new MemoryFileHandle(this, file, path);
  }

  async readFile(path: string): Promise<Uint8Array | undefined> {
    this.check({ kind: "read", path, byteCount: 0 });
    const file = this.names.get(path);
    return file && new Uint8Array(file.bytes());
  }

  async list(directory: string): Promise<string[]> {
    const found = [...this.names.keys(), ...this.directories].filter(
      (path) => path !== "/" && parentOf(path) === directory,
    );
    return found.map((path) => path.slice(path.lastIndexOf("/") + 1)).sort();
  }

  /** Folders are durable at once here: losing one is not worth a case, for all that is lost is their files. */
  async makeDirectory(directory: string): Promise<void> {
    for (let path = directory; !this.directories.has(path); path = parentOf(path)) this.directories.add(path);
  }

  async rename(from: string, to: string): Promise<void> {
    this.check({ kind: "rename", path: to, byteCount: 0 });
    if (this.directories.has(from)) return this.renameDirectory(from, to);
    const file = this.names.get(from);
    if (file === undefined) throw systemError("ENOENT", from);
    this.names.delete(from);
    this.names.set(to, file);
  }

  /** Durable at once, as folders are here. */
  private renameDirectory(from: string, to: string): void {
    for (const files of [this.names, this.durableNames]) {
      for (const [name, file] of [...files]) {
        if (!isWithin(name, from)) continue;
        files.delete(name);
        files.set(to + name.slice(from.length), file);
      }
    }
    for (const name of [...this.directories]) {
      if (isWithin(name, from)) this.directories.add(to + name.slice(from.length));
      if (isWithin(name, from)) this.directories.delete(name);
    }
  }

  async remove(path: string): Promise<void> {
    this.check({ kind: "remove", path, byteCount: 0 });
    for (const name of [...this.names.keys()]) if (isWithin(name, path)) this.names.delete(name);
    for (const name of [...this.directories]) if (isWithin(name, path)) this.directories.delete(name);
  }

  async syncDirectory(directory: string): Promise<void> {
    this.check({ kind: "syncDirectory", path: directory, byteCount: 0 });
    for (const name of [...this.durableNames.keys()]) {
      if (parentOf(name) === directory && !this.names.has(name)) this.durableNames.delete(name);
    }
    for (const [name, file] of this.names) {
      if (parentOf(name) === directory) this.durableNames.set(name, file);
    }
  }

  async lock(path: string): Promise<FileLock> {
    if (this.locks.has(path)) {
      throw fail("file.locked", `${path} is held by process ${process.pid}`, {
        context: { path, pid: process.pid },
      });
    }
    this.locks.add(path);
    return { release: async () => void this.locks.delete(path) };
  }

  /**
   * The disk as a loss of power would leave it now, without the locks. Everything synced is there. Of what was not
   * synced, `random` decides: each change of a name, each write, and how many 512-byte sectors of a torn write.
   * A constant `() => 0` loses all of it; `() => 1` keeps all of it, as the end of the process alone would.
   */
  crashed(random: () => number): MemoryFileSystem {
    const after = new MemoryFileSystem();
    const survivors = new Map<MemoryFile, MemoryFile>();
    for (const directory of this.directories) after.directories.add(directory);
    for (const name of new Set([...this.names.keys(), ...this.durableNames.keys()])) {
      const durable = this.durableNames.get(name);
      const current = this.names.get(name);
      const file = durable === current || random() < 0.5 ? durable : current;
      if (file === undefined) continue;
      const survivor = survivors.get(file) ?? file.crashed(random);
      survivors.set(file, survivor);
      after.names.set(name, survivor);
      after.durableNames.set(name, survivor);
    }
    return after;
  }

  /** Overwrites stored bytes behind the back of everyone, as bit rot does. */
  damage(path: string, position: number, bytes: Uint8Array): void {
    const file = this.names.get(path);
    if (file === undefined) throw systemError("ENOENT", path);
    file.write(position, bytes);
    file.sync();
  }

  /** Runs the fault for one operation; for use by the handles. */
  check(operation: FileOperation): void {
    const failure = this.fault?.(operation);
    if (failure !== undefined) throw failure.error;
  }

  /** Asks the fault about a write without throwing, because part of the write may still happen. */
  writeFault(path: string, byteCount: number): OperationFailure | undefined {
    return this.fault?.({ kind: "write", path, byteCount });
  }

  /** Likewise, because a failing sync may change what a later one does. */
  syncFault(path: string): OperationFailure | undefined {
    return this.fault?.({ kind: "sync", path, byteCount: 0 });
  }
}

class MemoryFileHandle implements FileHandle {
  private closed = false;

  constructor(
    private readonly system: MemoryFileSystem,
    private readonly file: MemoryFile,
    private readonly path: string,
  ) {}

  async read(target: Uint8Array, position: number): Promise<number> {
    this.check("read", target.length);
    const source = this.file.bytes().subarray(position, position + target.length);
    target.set(source);
    return source.length;
  }

  async write(chunks: readonly Uint8Array[], position: number): Promise<void> {
    if (this.closed) throw systemError("EBADF", this.path);
    const bytes = Buffer.concat(chunks);
    const failure = this.system.writeFault(this.path, bytes.length);
    this.file.write(position, failure ? bytes.subarray(0, failure.writtenBytes ?? 0) : bytes);
    if (failure) throw failure.error;
  }

  async truncate(sizeBytes: number): Promise<void> {
    this.check("truncate", sizeBytes);
    this.file.truncate(sizeBytes);
  }

  async sync(): Promise<void> {
    if (this.closed) throw systemError("EBADF", this.path);
    const failure = this.system.syncFault(this.path);
    if (failure?.losesUnsynced) this.file.giveUpUnsynced();
    if (failure) throw failure.error;
    this.file.sync();
  }

  async sizeBytes(): Promise<number> {
    return this.file.bytes().length;
  }

  async close(): Promise<void> {
    if (this.closed) throw systemError("EBADF", this.path);
    this.closed = true;
    this.system.openFileCount--;
  }

  private check(kind: "read" | "truncate", byteCount: number): void {
    if (this.closed) throw systemError("EBADF", this.path);
    this.system.check({ kind, path: this.path, byteCount });
  }
}

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/")) || "/";
}

function isWithin(path: string, root: string): boolean {
  return path === root || path.startsWith(`${root}/`);
}

/** An error with the `code` of the operating system, for example `ENOSPC`. */
export function systemError(code: string, path: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${code}: ${path}`), { code, path });
}
