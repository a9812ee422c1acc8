import { dirname, resolve } from "node:path";
import { type Clock, isImsError, sleep } from "@ims/common";
import type { FileLock, FileSystem } from "@ims/segment-log";
import type { BrokerLogger } from "../broker-options.js";
import { fail } from "../errors.js";

/*
 * Data folder of one broker:
 *
 *   format                      text, "ims-broker 1\n": the version of everything below
 *   lock                        held while a broker runs, see segment-log/src/file-system/process-lock.ts
 *   metadata/journal-*.log      streams, topics, partitions and sessions, see segment-log/src/journal
 *   metadata/snapshot-*.snap
 *   partitions/<storage id>/    one folder per partition that holds something
 *     <base offset>.log         batches as they travel, see segment-log/src/segment/segment-file.ts
 *     <base offset>.index
 *     synced                    see segment-log/src/segment/synced-mark.ts
 *     offsets                   see offsets/offset-slots.ts
 */
export const DATA_DIR_FORMAT = "ims-broker 1\n";
/** Pause between looks at a lock that another broker holds. */
const LOCK_RETRY_MILLIS = 50;

/** How long to wait for another broker to let go of the folder. */
export interface LockWait {
  readonly clock: Clock;
  readonly logger: BrokerLogger;
  readonly waitMillis: number;
}

export interface DataDir {
  readonly metadataDirectory: string;
  readonly partitionsDirectory: string;
  release(): Promise<void>;
}

/** The lock file of a data folder. */
export function lockPathOf(dataDir: string): string {
  return `${resolve(dataDir)}/lock`;
}

/**
 * Makes the folder when it is missing, locks it (waiting for a broker that is just closing) and checks its format.
 * @throws ImsError `broker.data-dir-unwritable`, `broker.data-dir-locked`, `broker.data-dir-version`
 */
export async function openDataDir(fileSystem: FileSystem, dataDir: string, wait: LockWait): Promise<DataDir> {
  const path = resolve(dataDir);
  const lock = await lockWithin(fileSystem, path, wait);
  try {
    await checkFormat(fileSystem, path);
  } catch (error) {
    await lock.release();
    throw error;
  }
  return {
    metadataDirectory: `${path}/metadata`,
    partitionsDirectory: `${path}/partitions`,
    release: () => lock.release(),
  };
}

async function lockWithin(
  fileSystem: FileSystem,
  path: string,
  { clock, logger, waitMillis }: LockWait,
): Promise<FileLock> {
  const deadlineMillis = clock.monotonicMillis() + waitMillis;
  for (let attempt = 0; ; attempt++) {
    try {
      return await lockFolder(fileSystem, path);
    } catch (error) {
      const isOver = clock.monotonicMillis() >= deadlineMillis;
      if (isOver || !isImsError(error, "broker.data-dir-locked")) throw error;
      if (attempt === 0)
        logger.warn(
          { ...error.context, waitMillis },
          "waiting for another broker to let go of the data folder",
        );
      await sleep(clock, LOCK_RETRY_MILLIS);
    }
  }
}

/** Locks a folder that is there. @throws ImsError `broker.data-dir-locked`, `broker.data-dir-unwritable` */
export async function lockFolder(fileSystem: FileSystem, path: string): Promise<FileLock> {
  try {
    await fileSystem.makeDirectory(path);
    return await fileSystem.lock(lockPathOf(path));
  } catch (error) {
    if (isImsError(error, "file.locked")) {
      throw fail(
        "broker.data-dir-locked",
        `data folder ${path} is in use by process ${String(error.context.pid)}`,
        {
          cause: error,
          context: { path, pid: error.context.pid },
        },
      );
    }
    throw unwritable(path, error);
  }
}

async function checkFormat(fileSystem: FileSystem, path: string): Promise<void> {
  const name = `${path}/format`;
  let found: Uint8Array | undefined;
  try {
    found = await fileSystem.readFile(name);
    // A part of it is what a loss of power during the very first start leaves.
    if (
      found === undefined ||
      (found.length < DATA_DIR_FORMAT.length && DATA_DIR_FORMAT.startsWith(Buffer.from(found).toString()))
    ) {
      await writeFormat(fileSystem, path, name);
      return;
    }
  } catch (error) {
    throw unwritable(path, error);
  }
  const text = Buffer.from(found).toString();
  if (text !== DATA_DIR_FORMAT) {
    throw fail(
      "broker.data-dir-version",
      `data folder ${path} has format ${JSON.stringify(text.slice(0, 40))}`,
      {
        context: { path },
      },
    );
  }
}

async function writeFormat(fileSystem: FileSystem, path: string, name: string): Promise<void> {
  const file = await fileSystem.open(name, "create");
  try {
    await file.write([Buffer.from(DATA_DIR_FORMAT)], 0);
    await file.sync();
  } finally {
    await file.close();
  }
  await fileSystem.syncDirectory(path);
  await fileSystem.syncDirectory(dirname(path));
}

function unwritable(path: string, cause: unknown) {
  return fail("broker.data-dir-unwritable", `data folder ${path} cannot be written`, {
    cause,
    context: { path },
  });
}
