/** One open file. Positions and sizes are bytes from the start of the file. */
export interface FileHandle {
  /** Fills `target` from `position`; returns the bytes read, fewer only at the end of the file. */
  read(target: Uint8Array, position: number): Promise<number>;
  /** Writes all chunks one behind the other from `position`. On failure any part may be on disk. */
  write(chunks: readonly Uint8Array[], position: number): Promise<void>;
  /** Cuts the file, or extends it with zero bytes. */
  truncate(sizeBytes: number): Promise<void>;
  /** Resolves when everything written so far would survive a loss of power. */
  sync(): Promise<void>;
  sizeBytes(): Promise<number>;
  close(): Promise<void>;
}

/** Held while a process owns a folder. */
export interface FileLock {
  release(): Promise<void>;
}

/** `read`: must exist. `write`: must exist. `create`: made when missing, kept when there. */
export type OpenMode = "read" | "write" | "create";

/**
 * The only way to disk of this library and of the broker, so that tests can cut the power at every write.
 * Paths are absolute. Failures are rejected with the operating system's error (`ENOENT`, `ENOSPC`, `EACCES`).
 */
export interface FileSystem {
  open(path: string, mode: OpenMode): Promise<FileHandle>;
  /** A whole small file, or undefined when there is none. */
  readFile(path: string): Promise<Uint8Array | undefined>;
  /** Names in a folder, sorted; empty when the folder is missing. */
  list(directory: string): Promise<string[]>;
  /** Makes the folder and its parents; nothing happens when it is there. */
  makeDirectory(directory: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  /** Removes a file or a folder with its content; nothing happens when it is missing. */
  remove(path: string): Promise<void>;
  /** Makes creations, renames and removals in the folder survive a loss of power. */
  syncDirectory(directory: string): Promise<void>;
  /**
   * Takes the lock file for this process. A lock left by a process that is gone is taken over.
   * @throws ImsError `file.locked` with `context.pid` when a living process holds it
   */
  lock(path: string): Promise<FileLock>;
}
