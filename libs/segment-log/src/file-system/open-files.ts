import type { FileHandle, FileSystem, OpenMode } from "./file-system.js";

interface OpenFile {
  readonly path: string;
  readonly handle: Promise<FileHandle>;
  leaseCount: number;
  /** Set by `forget`: closed with its last lease and handed out no more. */
  forgotten: boolean;
}

/**
 * Shares handles between readers and writers of the same files and bounds how many stay open. A handle in use is
 * never closed, so the bound can be exceeded by as many files as operations run at once.
 * Invariant: `files` is in order of last use, least recent first.
 */
export class OpenFiles {
  private readonly files = new Map<string, OpenFile>();
  private readonly closing = new Set<Promise<void>>();

  /** @param countMax handles kept open, at least 1 */
  constructor(
    private readonly fileSystem: FileSystem,
    readonly countMax: number,
  ) {}

  get count(): number {
    return this.files.size;
  }

  /** Runs `work` with the file open. Mode `create` makes the file when it is missing. */
  async use<T>(
    path: string,
    mode: Exclude<OpenMode, "read">,
    work: (handle: FileHandle) => Promise<T>,
  ): Promise<T> {
    const file = this.take(path, mode);
    try {
      return await work(await file.handle);
    } finally {
      file.leaseCount--;
      if (file.forgotten) this.closeUnused(file);
      else this.trim();
    }
  }

  /** Closes the handle of a file that is about to be removed; running operations finish first. */
  forget(path: string): void {
    const file = this.files.get(path);
    if (file === undefined) return;
    this.files.delete(path);
    file.forgotten = true;
    this.closeUnused(file);
  }

  /** Closes everything; resolves when all handles are closed. */
  async close(): Promise<void> {
    for (const path of [...this.files.keys()]) this.forget(path);
    while (this.closing.size > 0) await Promise.all(this.closing);
  }

  private take(path: string, mode: OpenMode): OpenFile {
    let file = this.files.get(path);
    if (file === undefined) {
      const opened: OpenFile = {
        path,
        handle: this.fileSystem.open(path, mode),
        leaseCount: 0,
        forgotten: false,
      };
      opened.handle.catch(() => {
        if (this.files.get(path) === opened) this.files.delete(path);
      });
      file = opened;
    } else {
      this.files.delete(path);
    }
    this.files.set(path, file);
    file.leaseCount++;
    return file;
  }

  private trim(): void {
    if (this.files.size <= this.countMax) return;
    for (const file of this.files.values()) {
      if (file.leaseCount > 0) continue;
      this.forget(file.path);
      if (this.files.size <= this.countMax) return;
    }
  }

  private closeUnused(file: OpenFile): void {
    if (file.leaseCount > 0) return;
    const closing = file.handle
      .then((handle) => handle.close())
      .catch(() => undefined)
      .finally(() => this.closing.delete(closing));
    this.closing.add(closing);
  }
}
