import { isImsError } from "@ims/common";
import type { FileSystem } from "../file-system/file-system.js";
import { sequenceOfName } from "../journal/journal-file.js";
import { recoverJournal } from "../journal/recover-journal.js";
import { SYNCED_MARK_NAME } from "../segment/synced-mark.js";
import type { StorageProblem } from "./storage-problem.js";

/** Reads the snapshot and every entry of a journal that nobody has open. At most the first problem is found. */
export async function checkJournal(fileSystem: FileSystem, directory: string): Promise<StorageProblem[]> {
  try {
    await recoverJournal(fileSystem, directory);
    return [];
  } catch (error) {
    if (!isImsError(error, "journal.corrupt")) throw error;
    const path = String(error.context.path);
    const position = Number(error.context.position);
    return [await problemAt(fileSystem, directory, path, position, String(error.context.what))];
  }
}

/** A journal is cut at the damage, and the files behind it go with the rest, for nothing can follow on a gap. */
async function problemAt(
  fileSystem: FileSystem,
  directory: string,
  path: string,
  position: number,
  what: string,
): Promise<StorageProblem> {
  const names = await fileSystem.list(directory);
  const name = path.slice(path.lastIndexOf("/") + 1);
  const first = sequenceOfName(name, "journal");
  const later = names.filter((other) => (sequenceOfName(other, "journal") ?? -1) > (first ?? -1));
  const derived = [`${directory}/${SYNCED_MARK_NAME}`];
  if (path === derived[0])
    return {
      path,
      position,
      what,
      loss: "the entries that are missing",
      repair: { kind: "remove", derived },
    };
  const paths = [...(position > 0 ? [] : [name]), ...later].map((other) => `${directory}/${other}`);
  const isSnapshot = first === undefined;
  const loss = isSnapshot
    ? "every stream, topic, group and user"
    : `changes of streams, topics, groups and users from byte ${position} of ${name} on`;
  if (position > 0 && paths.length === 0)
    return { path, position, what, loss, repair: { kind: "cut", path, position, derived } };
  // The cut is found again, and made, once the later files are out of the way.
  return { path, position, what, loss, repair: { kind: "set-aside", paths, derived } };
}
