import type { DiskReport } from "./log-context.js";

/** What of a log the disk refuses at the moment. */
export type DiskRefusal = "write" | "sync";

/** Remembers whether the disk refuses, and reports when that changes. */
export class DiskState {
  private readonly refused = new Set<DiskRefusal>();

  constructor(private readonly report: DiskReport) {}

  get isRefusing(): boolean {
    return this.refused.size > 0;
  }

  refuses(what: DiskRefusal, cause: unknown): void {
    const wasRefusing = this.isRefusing;
    this.refused.add(what);
    if (!wasRefusing) this.report("refusing", cause);
  }

  accepts(what: DiskRefusal): void {
    if (this.refused.delete(what) && !this.isRefusing) this.report("accepting");
  }
}
