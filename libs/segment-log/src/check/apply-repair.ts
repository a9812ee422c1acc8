import type { FileSystem } from "../file-system/file-system.js";
import type { StorageRepair } from "./storage-problem.js";

const COPY_CHUNK_BYTES = 2 ** 20;
const SUFFIX = ".damaged";

/**
 * Mends one problem. What is taken out of use is on disk under its new name before anything changes.
 * @returns one line for each thing that was done
 */
export async function applyRepair(fileSystem: FileSystem, repair: StorageRepair): Promise<string[]> {
  switch (repair.kind) {
    case "none":
      return [];
    case "cut": {
      const copy = await copyOf(fileSystem, repair.path, repair.position);
      await cut(fileSystem, repair.path, repair.position);
      const done = `${repair.path} cut at byte ${repair.position}, the rest is in ${copy}`;
      return [done, ...(await removeAll(fileSystem, repair.derived))];
    }
    case "set-aside": {
      const done: string[] = [];
      // The derived ones last: they are of use as long as their sources are.
      for (const path of repair.paths) {
        const aside = await freeName(fileSystem, path);
        await fileSystem.rename(path, aside);
        await fileSystem.syncDirectory(parentOf(path));
        done.push(`${path} renamed to ${aside}`);
      }
      return [...done, ...(await removeAll(fileSystem, repair.derived))];
    }
    case "remove":
      return removeAll(fileSystem, repair.derived);
    case "clear": {
      const copy = await copyOf(fileSystem, repair.path, 0);
      await clear(fileSystem, repair.path, repair.position, repair.byteCount);
      return [`${repair.path} cleared at byte ${repair.position}, a copy is in ${copy}`];
    }
  }
}

async function copyOf(fileSystem: FileSystem, path: string, from: number): Promise<string> {
  const copyPath = await freeName(fileSystem, path);
  const source = await fileSystem.open(path, "read");
  try {
    const target = await fileSystem.open(copyPath, "create");
    try {
      const chunk = new Uint8Array(COPY_CHUNK_BYTES);
      for (let at = from; ; ) {
        const filled = await source.read(chunk, at);
        if (filled === 0) break;
        await target.write([chunk.subarray(0, filled)], at - from);
        at += filled;
      }
      await target.sync();
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
  await fileSystem.syncDirectory(parentOf(path));
  return copyPath;
}

async function cut(fileSystem: FileSystem, path: string, position: number): Promise<void> {
  const file = await fileSystem.open(path, "write");
  try {
    await file.truncate(position);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function clear(fileSystem: FileSystem, path: string, position: number, byteCount: number) {
  const file = await fileSystem.open(path, "write");
  try {
    await file.write([new Uint8Array(byteCount)], position);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function removeAll(fileSystem: FileSystem, paths: readonly string[]): Promise<string[]> {
  const done: string[] = [];
  for (const path of paths) {
    if ((await fileSystem.readFile(path)) === undefined) continue;
    await fileSystem.remove(path);
    await fileSystem.syncDirectory(parentOf(path));
    done.push(`${path} removed, it is made again`);
  }
  return done;
}

/** A name that nothing has: an earlier repair's copy stays. */
async function freeName(fileSystem: FileSystem, path: string): Promise<string> {
  const taken = new Set(await fileSystem.list(parentOf(path)));
  const name = path.slice(path.lastIndexOf("/") + 1);
  let candidate = `${name}${SUFFIX}`;
  for (let number = 2; taken.has(candidate); number++) candidate = `${name}${SUFFIX}.${number}`;
  return `${parentOf(path)}/${candidate}`;
}

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/")) || "/";
}
