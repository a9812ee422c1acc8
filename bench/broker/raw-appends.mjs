import { closeSync, fdatasyncSync, openSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";

/** The limit of the disk: the same bytes appended to a file, by calls that wait, synced after every one or never. */
export function rawAppends(folder, batchBytes, batchCount, isSynced) {
  const path = join(folder, "raw");
  const file = openSync(path, "w");
  const batch = Buffer.alloc(batchBytes, 0x61);
  const began = process.hrtime.bigint();
  for (let index = 0; index < batchCount; index++) {
    writeSync(file, batch, 0, batchBytes, index * batchBytes);
    if (isSynced) fdatasyncSync(file);
  }
  const seconds = Number(process.hrtime.bigint() - began) / 1e9;
  closeSync(file);
  rmSync(path);
  return batchCount / seconds;
}
