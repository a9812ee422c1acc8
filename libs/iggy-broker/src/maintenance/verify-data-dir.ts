import { resolve } from "node:path";
import {
  checkJournal,
  checkLog,
  type FileLock,
  type FileSystem,
  nodeFileSystem,
  type StorageProblem,
} from "@ims/segment-log";
import type { Catalog } from "../catalog/catalog.js";
import { fail } from "../errors.js";
import { batchFormat } from "../partitions/batch-format.js";
import { DATA_DIR_FORMAT, lockFolder } from "../storage/data-dir.js";
import { checkCatalog, neverSyncedIn, storageIdsOf } from "./check-catalog.js";
import { checkOffsets } from "./check-offsets.js";

export interface MaintenanceOptions {
  /** Folder of a broker that does not run. */
  readonly dataDir: string;
  /** Default: the machine's disk. */
  readonly fileSystem?: FileSystem;
}

/** What was looked at, and what is wrong with it. */
export interface VerifyReport {
  readonly problems: readonly StorageProblem[];
  /** Partitions whose files were read from end to end. */
  readonly partitionCount: number;
}

/**
 * Reads every file of a data folder: journal, snapshot, every batch with its checksums and those of its messages,
 * indexes, stored offsets. Changes nothing; a broker must not run meanwhile. The end that a crash left torn is a problem
 * too, although a start mends it by itself.
 * @throws ImsError `broker.data-dir-missing`, `broker.data-dir-locked`, `broker.data-dir-version`
 */
export async function verifyDataDir(options: MaintenanceOptions): Promise<VerifyReport> {
  return withFolder(options, checkFolder);
}

/** Runs work on a folder that is there, is of this version and is held by nobody else. */
export async function withFolder<Result>(
  { dataDir, fileSystem = nodeFileSystem }: MaintenanceOptions,
  work: (fileSystem: FileSystem, path: string) => Promise<Result>,
): Promise<Result> {
  const path = resolve(dataDir);
  const format = await fileSystem.readFile(`${path}/format`);
  if (format === undefined)
    throw fail("broker.data-dir-missing", `${path} holds no data of a broker`, { context: { path } });
  const text = Buffer.from(format).toString();
  if (text !== DATA_DIR_FORMAT) {
    const found = JSON.stringify(text.slice(0, 40));
    throw fail("broker.data-dir-version", `data folder ${path} has format ${found}`, { context: { path } });
  }
  const lock: FileLock = await lockFolder(fileSystem, path);
  try {
    return await work(fileSystem, path);
  } finally {
    await lock.release();
  }
}

/** Problems of the metadata come first; the partitions are checked all the same. */
export async function checkFolder(fileSystem: FileSystem, path: string): Promise<VerifyReport> {
  const { problems, catalog } = await checkMetadata(fileSystem, `${path}/metadata`);
  const directory = `${path}/partitions`;
  const names = await partitionFolders(fileSystem, directory, catalog);
  const neverSynced = neverSyncedIn(catalog);
  for (const name of names) {
    const isNeverSynced = neverSynced.has(Number(name));
    problems.push(...(await checkPartition(fileSystem, `${directory}/${name}`, isNeverSynced)));
  }
  return { problems, partitionCount: names.length };
}

/** @returns no catalog when the metadata cannot be read */
export async function checkMetadata(
  fileSystem: FileSystem,
  directory: string,
): Promise<{ problems: StorageProblem[]; catalog: Catalog | undefined }> {
  const problems = await checkJournal(fileSystem, directory);
  if (problems.length > 0) return { problems, catalog: undefined };
  const checked = await checkCatalog(fileSystem, directory);
  return { problems: [...checked.problems], catalog: checked.catalog };
}

export function checkPartition(
  fileSystem: FileSystem,
  directory: string,
  isNeverSynced: boolean,
): Promise<StorageProblem[]> {
  return Promise.all([
    checkLog({ fileSystem, directory, format: batchFormat, isNeverSynced }),
    checkOffsets(fileSystem, `${directory}/offsets`),
  ]).then((problems) => problems.flat());
}

/** Folders of partitions; those that the next start removes, because nothing knows them, are left out. */
export async function partitionFolders(
  fileSystem: FileSystem,
  directory: string,
  catalog: Catalog | undefined,
): Promise<string[]> {
  const known = catalog && storageIdsOf(catalog);
  const names = await fileSystem.list(directory);
  return names.filter((name) => /^\d+$/.test(name) && (known?.has(Number(name)) ?? true));
}
