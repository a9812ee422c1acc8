import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { StackBroker } from "./stack-broker.js";

/** Where a stack keeps its files. */
export const DATA_ROOT = join(process.cwd(), ".ims");

/**
 * A made-up market is of no use after the run, and must never mix with real data: it gets a fresh folder of its own.
 * One for each run at a time, so that a second stack does not take the files of the first.
 */
export async function freshDataFolder(
  name: string,
  { folderSuffix }: Pick<StackBroker, "folderSuffix">,
): Promise<string> {
  const folder = join(DATA_ROOT, `${name}${folderSuffix}`);
  await rm(folder, { recursive: true, force: true });
  return folder;
}

/** Removes the folder of a run beside another one; that of the first stays until the next run, for a look at it. */
export async function leaveDataFolder(
  folder: string,
  { folderSuffix }: Pick<StackBroker, "folderSuffix">,
): Promise<void> {
  if (folderSuffix !== "" && folder !== DATA_ROOT) await rm(folder, { recursive: true, force: true });
}
