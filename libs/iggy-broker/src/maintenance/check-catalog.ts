import { describeError, isImsError } from "@ims/common";
import type { FileSystem, StorageProblem } from "@ims/segment-log";
import type { Catalog } from "../catalog/catalog.js";
import { readCatalog } from "../catalog/metadata-store.js";

/** What the metadata say, when they can be read at all. */
export interface CheckedCatalog {
  readonly problems: readonly StorageProblem[];
  readonly catalog: Catalog | undefined;
}

/** Replays metadata whose journal is whole. */
export async function checkCatalog(fileSystem: FileSystem, directory: string): Promise<CheckedCatalog> {
  try {
    return { problems: [], catalog: await readCatalog(fileSystem, directory) };
  } catch (error) {
    if (!isImsError(error, "broker.data-corrupt")) throw error;
    const what = describeError(error);
    const problem: StorageProblem = {
      path: directory,
      position: 0,
      what,
      loss: "nothing yet",
      repair: { kind: "none" },
    };
    return { problems: [problem], catalog: undefined };
  }
}

/** Storage ids of partitions whose topics sync nothing before the broker stops. */
export function neverSyncedIn(catalog: Catalog | undefined): ReadonlySet<number> {
  const ids = new Set<number>();
  for (const { settings, partitions } of catalog?.topics() ?? []) {
    if (settings.messageSync === "none") for (const { storageId } of partitions) ids.add(storageId);
  }
  return ids;
}

/** Names of the folders that belong to partitions of the catalog. */
export function storageIdsOf(catalog: Catalog): ReadonlySet<number> {
  const ids = new Set<number>();
  for (const topic of catalog.topics()) for (const { storageId } of topic.partitions) ids.add(storageId);
  return ids;
}
