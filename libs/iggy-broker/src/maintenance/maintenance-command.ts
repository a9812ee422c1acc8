import type { FileSystem, StorageProblem } from "@ims/segment-log";
import { repairDataDir } from "./repair-data-dir.js";
import { verifyDataDir } from "./verify-data-dir.js";

export interface MaintenanceCommand {
  readonly command: "verify" | "repair";
  readonly dataDir: string;
  readonly fileSystem?: FileSystem;
  /** Takes one line of text without its end. */
  readonly print: (line: string) => void;
}

/**
 * Verifies or repairs a data folder and prints one line for each problem.
 * @returns the exit code: 0 when nothing is wrong (any more), 1 when something is
 * @throws ImsError as `verifyDataDir` does
 */
export async function runMaintenance({ command, print, ...options }: MaintenanceCommand): Promise<0 | 1> {
  if (command === "verify") {
    const { problems, partitionCount } = await verifyDataDir(options);
    for (const problem of problems) print(describe(problem));
    print(`${partitionCount} partitions checked, ${problems.length} problems found`);
    return problems.length === 0 ? 0 : 1;
  }
  const { mended, left } = await repairDataDir(options);
  for (const { problem, done } of mended) {
    print(describe(problem));
    for (const line of done) print(`  ${line}`);
  }
  for (const problem of left) print(`${describe(problem)} (not repaired: restore it from a backup)`);
  print(`${mended.length} problems repaired, ${left.length} left`);
  return left.length === 0 ? 0 : 1;
}

function describe({ path, position, what, loss }: StorageProblem): string {
  return `${path} at byte ${position}: ${what}; lost if repaired: ${loss}`;
}
