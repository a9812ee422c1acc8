import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

/**
 * The folder that relative paths of the settings are meant from: the workspace root where the service runs inside the
 * monorepo (`nx run` starts it in its project's folder), else the folder it was started in.
 */
export function workspaceRoot(from: string = process.cwd()): string {
  const start = resolve(from);
  for (let folder = start; ; ) {
    if (existsSync(join(folder, "nx.json"))) return folder;
    const parent = dirname(folder);
    if (parent === folder) return start;
    folder = parent;
  }
}
