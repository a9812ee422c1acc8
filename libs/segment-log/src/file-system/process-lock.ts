import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { link, readFile, rm, writeFile } from "node:fs/promises";
import { threadId } from "node:worker_threads";
import { fail } from "../errors.js";
import type { FileLock } from "./file-system.js";

/*
 * Lock file, text, one line:  <pid> <start> <thread> <nonce>\n
 *   start   when the process started, in the unit of /proc/<pid>/stat; 0 where that is not known
 *   thread  number of the thread within the process, 0 = the main one; never used again while the process runs
 *   nonce   16 hex digits, so that two locks of one thread differ
 * A process id alone does not name a process: it is used again after a restart of the machine or container.
 */
interface LockOwner {
  readonly pid: number;
  readonly start: string;
  readonly thread: number;
}

/** Each attempt meets another process that is just starting; this many in a row do not happen. */
const ATTEMPT_COUNT_MAX = 100;

/**
 * Takes a lock file for this process; one left by a process that no longer runs is taken over.
 * @throws ImsError `file.locked` when another living holder, also one of this process, has it
 */
export async function lockProcessFile(path: string): Promise<FileLock> {
  const nonce = randomBytes(8).toString("hex");
  const content = `${process.pid} ${processStart(process.pid) ?? "0"} ${threadId} ${nonce}\n`;
  const draft = `${path}.${nonce}`;
  await writeFile(draft, content, { flag: "wx" });
  try {
    for (let attempt = 0; attempt < ATTEMPT_COUNT_MAX; attempt++) {
      if (await linkNew(draft, path)) return { release: () => releaseIfOwn(path, content) };
      const found = await readText(path);
      if (found === undefined) continue;
      const owner = parseOwner(found);
      if (owner !== undefined && isAlive(owner)) throw lockedBy(path, owner.pid);
      await removeStale(path, found, draft);
    }
    throw lockedBy(path, parseOwner((await readText(path)) ?? "")?.pid ?? 0);
  } finally {
    await rm(draft, { force: true });
  }
}

/**
 * Removes the lock that a thread of this process left behind. Its process lives, so nobody else can tell that the lock
 * is stale; only who saw the thread end may call this. A lock of anybody else stays.
 * @param thread `threadId` of the thread that ended
 */
export async function releaseLockOfThread(path: string, thread: number): Promise<void> {
  const found = await readText(path);
  const owner = found === undefined ? undefined : parseOwner(found);
  if (found === undefined || owner?.pid !== process.pid || owner.thread !== thread || !isAlive(owner)) return;
  await releaseIfOwn(path, found);
}

function lockedBy(path: string, pid: number) {
  return fail("file.locked", `${path} is held by process ${pid}`, { context: { path, pid } });
}

async function linkNew(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

/**
 * Removes a lock whose owner is gone. Only the holder of a second lock file may, and only after looking again: without
 * that, of two processes that found the same stale lock, the slower one would remove the new lock of the faster one.
 */
async function removeStale(path: string, staleContent: string, draft: string): Promise<void> {
  const guard = `${path}.takeover`;
  if (!(await linkNew(draft, guard))) {
    const owner = parseOwner((await readText(guard)) ?? "");
    // Left by a process that ended within the few lines below.
    if (owner !== undefined && !isAlive(owner)) await rm(guard, { force: true });
    return;
  }
  try {
    if ((await readText(path)) === staleContent) await rm(path, { force: true });
  } finally {
    await rm(guard, { force: true });
  }
}

async function releaseIfOwn(path: string, content: string): Promise<void> {
  if ((await readText(path)) === content) await rm(path, { force: true });
}

async function readText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

function parseOwner(content: string): LockOwner | undefined {
  const match = /^([1-9]\d{0,9}) (\d{1,20}) (\d{1,10}) [0-9a-f]{16}\n$/.exec(content);
  return match ? { pid: Number(match[1]), start: match[2]!, thread: Number(match[3]) } : undefined;
}

function isAlive(owner: LockOwner): boolean {
  try {
    process.kill(owner.pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return false;
  }
  const start = processStart(owner.pid);
  return start === undefined || owner.start === "0" || start === owner.start;
}

/** Field 22 of /proc/<pid>/stat; the name in field 2 may hold spaces, so counting starts behind its closing bracket. */
function processStart(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
  } catch {
    return undefined;
  }
}
