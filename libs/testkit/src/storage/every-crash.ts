import type { MemoryFileSystem } from "@ims/segment-log";
import { CrashableDisk } from "./crashable-disk.js";

/** Work on a disk, and what must hold of the disk that a loss of power leaves behind. */
export interface CrashTrial<Promised> {
  /** Works until it is done or the disk fails, which must not be an error of the trial; gives what was promised. */
  run(disk: CrashableDisk): Promise<Promised>;
  /** Looks at what the next start finds; throws when a promise was not kept. */
  check(found: MemoryFileSystem, promised: Promised): Promise<void>;
}

/**
 * Cuts the power in front of every single change that the work makes, from the first to behind the last, and checks what
 * is found. Gives the number of trials. A failure names the change.
 * @param random decides about what was not synced, for each trial anew
 * @param imagesPerCrash outcomes drawn for every place of the cut
 */
export async function everyCrash<Promised>(
  { run, check }: CrashTrial<Promised>,
  random: () => number,
  imagesPerCrash = 1,
): Promise<number> {
  const whole = new CrashableDisk();
  await run(whole);
  let trials = 0;
  for (let at = 0; at <= whole.changeCount; at++) {
    for (let image = 0; image < imagesPerCrash; image++) {
      const disk = new CrashableDisk();
      disk.cutPowerAt(at, random);
      const promised = await run(disk);
      try {
        await check(disk.found(random), promised);
      } catch (cause) {
        const message = cause instanceof Error ? cause.message : String(cause);
        throw new Error(`power cut in front of change ${at} of ${whole.changeCount}: ${message}`, { cause });
      }
      trials++;
    }
  }
  return trials;
}
