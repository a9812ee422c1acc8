import { rm } from "node:fs/promises";
import { join } from "node:path";

/** Where a stack keeps its files. */
export const DATA_ROOT = join(process.cwd(), ".ims");

/** A made-up market is of no use after the run, and must never mix with real data: it gets a fresh folder of its own. */
export async function freshDataFolder(name: string): Promise<string> {
  const folder = join(DATA_ROOT, name);
  await rm(folder, { recursive: true, force: true });
  return folder;
}
