import { writevSync } from "node:fs";
import {
  mkdir,
  type FileHandle as NodeFileHandle,
  open,
  readdir,
  readFile,
  rename,
  rm,
  stat,
} from "node:fs/promises";
import { dirname } from "node:path";
import { systemClock } from "@ims/common";
import type { FileHandle, FileLock, FileSystem, OpenMode } from "./file-system.js";
import { lockProcessFile } from "./process-lock.js";
import { WritePace } from "./write-pace.js";

/** More buffers than this in one call are refused by the operating system (IOV_MAX on Linux and macOS). */
const CHUNK_COUNT_MAX = 1024;

const pace = new WritePace(systemClock);

class NodeFile implements FileHandle {
  constructor(private readonly handle: NodeFileHandle) {}

  async read(target: Uint8Array, position: number): Promise<number> {
    let filled = 0;
    while (filled < target.length) {
      const { bytesRead } = await this.handle.read(target, filled, target.length - filled, position + filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return filled;
  }

  async write(chunks: readonly Uint8Array[], position: number): Promise<void> {
    let rest = chunks.filter((chunk) => chunk.length > 0);
    let at = position;
    while (rest.length > 0) {
      const bytesWritten = await this.writeSome(rest.slice(0, CHUNK_COUNT_MAX), at);
      at += bytesWritten;
      rest = withoutFirst(rest, bytesWritten);
    }
  }

  /** Writes as much as the system takes at once. */
  private async writeSome(chunks: Uint8Array[], position: number): Promise<number> {
    let byteCount = 0;
    for (const chunk of chunks) byteCount += chunk.length;
    if (pace.allowsInPlace(byteCount)) {
      return pace.inPlace(() => writevSync(this.handle.fd, chunks, position));
    }
    return (await this.handle.writev(chunks, position)).bytesWritten;
  }

  truncate(sizeBytes: number): Promise<void> {
    return this.handle.truncate(sizeBytes);
  }

  sync(): Promise<void> {
    return this.handle.datasync();
  }

  async sizeBytes(): Promise<number> {
    return (await this.handle.stat()).size;
  }

  close(): Promise<void> {
    return this.handle.close();
  }
}

/** The disk of this machine. */
export const nodeFileSystem: FileSystem = {
  async open(path: string, mode: OpenMode): Promise<FileHandle> {
    if (mode !== "create") return new NodeFile(await open(path, mode === "read" ? "r" : "r+"));
    // "wx+" then "r+": no single flag string both creates and leaves positional writes free.
    try {
      return new NodeFile(await open(path, "wx+"));
    } catch (error) {
      if (!hasCode(error, "EEXIST")) throw error;
      return new NodeFile(await open(path, "r+"));
    }
  },

  async readFile(path: string): Promise<Uint8Array | undefined> {
    try {
      return await readFile(path);
    } catch (error) {
      if (hasCode(error, "ENOENT")) return undefined;
      throw error;
    }
  },

  async list(directory: string): Promise<string[]> {
    try {
      return (await readdir(directory)).sort();
    } catch (error) {
      if (hasCode(error, "ENOENT")) return [];
      throw error;
    }
  },

  async makeDirectory(directory: string): Promise<void> {
    await makeFolder(directory);
  },

  rename,

  async remove(path: string): Promise<void> {
    await rm(path, { recursive: true, force: true });
  },

  async syncDirectory(directory: string): Promise<void> {
    // Windows cannot open folders; its rename is already journalled.
    if (process.platform === "win32") return;
    const handle = await open(directory, "r");
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  },

  lock(path: string): Promise<FileLock> {
    return lockProcessFile(path);
  },
};

/**
 * Makes a folder and those above it. Node's own recursion takes every ENOENT for a missing parent and so never ends on a
 * file system that answers ENOENT for names it does not allow, such as /proc; not even an exit ends its thread.
 */
async function makeFolder(directory: string): Promise<void> {
  try {
    await mkdir(directory);
  } catch (error) {
    if (await isFolder(directory)) return;
    const parent = dirname(directory);
    if (!hasCode(error, "ENOENT") || parent === directory) throw error;
    // There by now when somebody else makes the same folders.
    if (!(await isFolder(parent))) await makeFolder(parent);
    await makeInFolder(directory);
  }
}

/** With its parent there, a folder that cannot be made never will be. */
async function makeInFolder(directory: string): Promise<void> {
  try {
    await mkdir(directory);
  } catch (error) {
    if (!(await isFolder(directory))) throw error;
  }
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() ?? false;
}

/** True for an operating system error of that name, for example `ENOENT`. */
export function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && (error as NodeJS.ErrnoException).code === code;
}

function withoutFirst(chunks: Uint8Array[], byteCount: number): Uint8Array[] {
  let skipped = 0;
  let left = byteCount;
  while (skipped < chunks.length && left >= chunks[skipped]!.length) left -= chunks[skipped++]!.length;
  const rest = chunks.slice(skipped);
  if (left > 0) rest[0] = rest[0]!.subarray(left);
  return rest;
}
