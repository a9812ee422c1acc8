import { applyRepair, type FileSystem, type StorageProblem } from "@ims/segment-log";
import { neverSyncedIn, storageIdsOf } from "./check-catalog.js";
import {
  checkMetadata,
  checkPartition,
  type MaintenanceOptions,
  partitionFolders,
  withFolder,
} from "./verify-data-dir.js";

/** Rounds of looking and mending in one place: each takes something out of use, so there is an end to them. */
const ROUND_COUNT_MAX = 1000;

/** One problem and what was done about it. */
export interface MendedProblem {
  readonly problem: StorageProblem;
  /** One line for each step; empty when only a backup helps. */
  readonly done: readonly string[];
}

export interface RepairReport {
  readonly mended: readonly MendedProblem[];
  /** What is still wrong: a broker does not start with it. */
  readonly left: readonly StorageProblem[];
}

/**
 * Mends what `verifyDataDir` finds, so that a broker can start. What is taken out of use stays beside its place with the
 * suffix `.damaged`; nothing else of the data is changed.
 * @throws ImsError `broker.data-dir-missing`, `broker.data-dir-locked`, `broker.data-dir-version`
 */
export async function repairDataDir(options: MaintenanceOptions): Promise<RepairReport> {
  return withFolder(options, async (fileSystem, path) => {
    const metadata = `${path}/metadata`;
    const partitions = `${path}/partitions`;
    const reports = [await mendMetadata(fileSystem, metadata, partitions)];
    const { catalog } = await checkMetadata(fileSystem, metadata);
    const neverSynced = neverSyncedIn(catalog);
    for (const name of await partitionFolders(fileSystem, partitions, catalog)) {
      const isNeverSynced = neverSynced.has(Number(name));
      const check = () => checkPartition(fileSystem, `${partitions}/${name}`, isNeverSynced);
      reports.push(await mend(fileSystem, check));
    }
    return {
      mended: reports.flatMap(({ mended }) => mended),
      left: reports.flatMap(({ left }) => left),
    };
  });
}

/** One problem at a time, for mending one can change what is wrong elsewhere. */
async function mend(
  fileSystem: FileSystem,
  check: () => Promise<readonly StorageProblem[]>,
): Promise<RepairReport> {
  const mended: MendedProblem[] = [];
  for (let round = 0; ; round++) {
    const problems = await check();
    const problem = problems.find(({ repair }) => repair.kind !== "none");
    if (problem === undefined || round === ROUND_COUNT_MAX) return { mended, left: problems };
    mended.push({ problem, done: await applyRepair(fileSystem, problem.repair) });
  }
}

/**
 * A start removes the folders of partitions that the metadata do not know. Once metadata are lost, what lies in them may
 * be all that is left of a topic, so they are set aside instead.
 */
async function mendMetadata(
  fileSystem: FileSystem,
  metadata: string,
  partitions: string,
): Promise<RepairReport> {
  const report = await mend(fileSystem, async () => (await checkMetadata(fileSystem, metadata)).problems);
  const { catalog } = await checkMetadata(fileSystem, metadata);
  if (report.mended.length === 0 || catalog === undefined) return report;
  const known = storageIdsOf(catalog);
  const unknown = (await partitionFolders(fileSystem, partitions, undefined)).filter(
    (name) => !known.has(Number(name)),
  );
  if (unknown.length === 0) return report;
  const paths = unknown.map((name) => `${partitions}/${name}`);
  const repair = { kind: "set-aside", paths, derived: [] } as const;
  const problem: StorageProblem = {
    path: partitions,
    position: 0,
    what: `${paths.length} folders belong to no partition that the metadata still know`,
    loss: "their messages",
    repair,
  };
  return { ...report, mended: [...report.mended, { problem, done: await applyRepair(fileSystem, repair) }] };
}
