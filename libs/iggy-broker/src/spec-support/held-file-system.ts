import { type FileHandle, type FileSystem, MemoryFileSystem } from "@ims/segment-log";

/** Operations on files whose path ends so, of that kind, wait until they are let go. */
export interface Hold {
  readonly kind: "read" | "write";
  readonly pathEnd: string;
}

/** A memory file system in which a test can stop time for one kind of operation. */
export class HeldFileSystem {
  readonly fileSystem: FileSystem;
  private hold: Hold | undefined;
  private held: (() => void)[] = [];
  private onHeld: () => void = () => undefined;

  constructor(disk = new MemoryFileSystem()) {
    this.fileSystem = {
      open: async (path, mode) => this.wrapped(path, await disk.open(path, mode)),
      readFile: (path) => disk.readFile(path),
      list: (directory) => disk.list(directory),
      makeDirectory: (directory) => disk.makeDirectory(directory),
      rename: (from, to) => disk.rename(from, to),
      remove: (path) => disk.remove(path),
      syncDirectory: (directory) => disk.syncDirectory(directory),
      lock: (path) => disk.lock(path),
    };
  }

  /** @returns when the first operation is held */
  holdBack(hold: Hold): Promise<void> {
    this.hold = hold;
    return new Promise((resolve) => {
      this.onHeld = resolve;
    });
  }

  letGo(): void {
    this.hold = undefined;
    for (const resume of this.held.splice(0)) resume();
  }

  private wrapped(path: string, file: FileHandle): FileHandle {
    return {
      read: async (target, position) => {
        await this.pass("read", path);
        return file.read(target, position);
      },
      write: async (chunks, position) => {
        await this.pass("write", path);
        return file.write(chunks, position);
      },
      truncate: (sizeBytes) => file.truncate(sizeBytes),
      sync: () => file.sync(),
      sizeBytes: () => file.sizeBytes(),
      close: () => file.close(),
    };
  }

  private async pass(kind: Hold["kind"], path: string): Promise<void> {
    if (this.hold?.kind !== kind || !path.endsWith(this.hold.pathEnd)) return;
    await new Promise<void>((resolve) => {
      this.held.push(resolve);
      this.onHeld();
    });
  }
}
