import { type FileFault, type FileOperation, MemoryFileSystem, systemError } from "@ims/segment-log";

/** Operations that change what a loss of power finds. */
const CHANGES: ReadonlySet<FileOperation["kind"]> = new Set([
  "write",
  "truncate",
  "sync",
  "rename",
  "remove",
  "syncDirectory",
]);

/** How a disk refuses. */
export interface DiskRefusal {
  /** First change that is refused, counted from 0. */
  readonly at: number;
  /** Changes refused from there on. Default 1; `Infinity` = for good. */
  readonly count?: number;
  /** ENOSPC concerns writes only, EIO everything. */
  readonly code: "ENOSPC" | "EIO";
  /** Part of a refused write that reaches the disk all the same, 0 to 1. Default 0. */
  readonly writtenPart?: number;
}

/**
 * A disk in memory on which every change can go wrong. Give `fileSystem` to the code under test; changes are counted from
 * 0 in the order in which it asks for them.
 *
 * After {@link cutPowerAt}, the change of that number and everything behind it fails, and {@link found} is the disk as
 * the next start would find it: what was synced, and of the rest any part, torn writes included, as `random` decides.
 */
export class CrashableDisk {
  readonly fileSystem: MemoryFileSystem;
  private count = 0;
  private image: MemoryFileSystem | undefined;
  private cutAt = Number.POSITIVE_INFINITY;
  private random: () => number = () => 0;
  private refusal: DiskRefusal | undefined;
  private capacityBytes = Number.POSITIVE_INFINITY;
  private writtenBytes = 0;

  /** @param fileSystem a disk with content, such as what an earlier loss of power left; default an empty one */
  constructor(fileSystem: MemoryFileSystem = new MemoryFileSystem()) {
    this.fileSystem = fileSystem;
    fileSystem.fault = (operation) => this.decide(operation);
  }

  /** Changes asked for so far. */
  get changeCount(): number {
    return this.count;
  }

  get isPowerOff(): boolean {
    return this.image !== undefined;
  }

  /** The disk as the next start would find it; without a cut before, as if the power were cut now. */
  found(random: () => number = this.random): MemoryFileSystem {
    return this.image ?? this.fileSystem.crashed(random);
  }

  /** @param at number of the change in front of which the power goes */
  cutPowerAt(at: number, random: () => number): void {
    this.cutAt = at;
    this.random = random;
  }

  refuse(refusal: DiskRefusal): void {
    this.refusal = refusal;
  }

  /** Writes beyond this many bytes from now on are refused with ENOSPC; what still fits is written. */
  fillUpAfter(bytes: number): void {
    this.capacityBytes = this.writtenBytes + bytes;
  }

  /** No refusals any more, and room without end. */
  heal(): void {
    this.refusal = undefined;
    this.capacityBytes = Number.POSITIVE_INFINITY;
  }

  private decide(operation: FileOperation): ReturnType<FileFault> {
    if (this.image) return { error: systemError("EIO", operation.path) };
    if (!CHANGES.has(operation.kind)) return undefined;
    const ordinal = this.count++;
    if (ordinal >= this.cutAt) {
      this.image = this.fileSystem.crashed(this.random);
      return { error: systemError("EIO", operation.path) };
    }
    return this.refused(ordinal, operation) ?? this.full(operation);
  }

  private refused(ordinal: number, { kind, path, byteCount }: FileOperation): ReturnType<FileFault> {
    const { refusal } = this;
    if (!refusal || ordinal < refusal.at || ordinal >= refusal.at + (refusal.count ?? 1)) return undefined;
    if (refusal.code === "ENOSPC" && kind !== "write") return undefined;
    const writtenBytes = Math.floor(byteCount * (refusal.writtenPart ?? 0));
    return { error: systemError(refusal.code, path), writtenBytes };
  }

  private full({ kind, path, byteCount }: FileOperation): ReturnType<FileFault> {
    if (kind !== "write") return undefined;
    const room = this.capacityBytes - this.writtenBytes;
    this.writtenBytes += Math.min(byteCount, Math.max(0, room));
    if (byteCount <= room) return undefined;
    return { error: systemError("ENOSPC", path), writtenBytes: Math.max(0, room) };
  }
}
