import { Journal } from "@ims/segment-log";
import { describe, expect, it } from "vitest";
import { SeededRandom } from "../random/seeded-random.js";
import { CrashableDisk } from "./crashable-disk.js";
import { everyCrash } from "./every-crash.js";

const DIRECTORY = "/journal";

/** Appends entries until the disk fails; gives those that were confirmed. */
async function append({ fileSystem }: CrashableDisk, count: number): Promise<string[]> {
  const confirmed: string[] = [];
  try {
    const { journal } = await Journal.open({ fileSystem, directory: DIRECTORY });
    for (let index = 0; index < count; index++) {
      const entry = `entry ${index} ${"x".repeat((index * 37) % 900)}`;
      await journal.append(Buffer.from(entry));
      confirmed.push(entry);
    }
  } catch {
    // The power is off.
  }
  return confirmed;
}

async function entriesOn(fileSystem: CrashableDisk["fileSystem"]): Promise<string[]> {
  const { entries, journal } = await Journal.open({ fileSystem, directory: DIRECTORY });
  await journal.close();
  return entries.map(({ payload }) => Buffer.from(payload).toString());
}

describe("a disk whose power goes", () => {
  it("keeps what a journal confirmed, wherever it goes", async () => {
    const trials = await everyCrash(
      {
        run: (disk) => append(disk, 12),
        async check(found, confirmed) {
          const entries = await entriesOn(found);
          expect(entries.slice(0, confirmed.length)).toEqual(confirmed);
          // At most the entry under way may be there besides.
          expect(entries.length).toBeLessThanOrEqual(confirmed.length + 1);
        },
      },
      new SeededRandom(1).next,
      5,
    );
    expect(trials).toBeGreaterThan(100);
  });

  it("loses what was not synced, so that a promise too many is noticed", async () => {
    const disk = new CrashableDisk();
    await disk.fileSystem.makeDirectory("/d");
    const handle = await disk.fileSystem.open("/d/f", "create");
    await disk.fileSystem.syncDirectory("/d");
    await handle.write([Buffer.from("synced")], 0);
    await handle.sync();
    await handle.write([Buffer.from(" and not")], 6);
    const found = disk.found(() => 0);
    expect(Buffer.from((await found.readFile("/d/f"))!).toString()).toBe("synced");
    disk.cutPowerAt(disk.changeCount, () => 0);
    await expect(handle.write([Buffer.from("late")], 0)).rejects.toMatchObject({ code: "EIO" });
    expect(disk.isPowerOff).toBe(true);
    await expect(handle.read(new Uint8Array(1), 0)).rejects.toMatchObject({ code: "EIO" });
  });

  it("refuses as it is told to, and takes what still fits", async () => {
    const disk = new CrashableDisk();
    await disk.fileSystem.makeDirectory("/d");
    const handle = await disk.fileSystem.open("/d/f", "create");
    disk.refuse({ at: 1, code: "EIO", writtenPart: 0.5 });
    await handle.write([Buffer.from("aaaa")], 0);
    await expect(handle.write([Buffer.from("bbbb")], 4)).rejects.toMatchObject({ code: "EIO" });
    expect(await handle.sizeBytes()).toBe(6);
    disk.fillUpAfter(3);
    await expect(handle.write([Buffer.from("cccc")], 6)).rejects.toMatchObject({ code: "ENOSPC" });
    expect(await handle.sizeBytes()).toBe(9);
    disk.heal();
    await handle.write([Buffer.from("dddd")], 9);
    expect(await handle.sizeBytes()).toBe(13);
  });
});
