import { describeError, isImsError } from "@ims/common";
import type { BrokerLogger } from "../broker-options.js";

/** Files that nobody may see any more. */
export interface Removal {
  /** Which files, for the log; of two of the same name the later one speaks for both. */
  readonly name: string;
  readonly remove: () => Promise<void>;
  /** Removes what a failure left. Default: `remove` once more. */
  readonly again?: () => Promise<void>;
}

/**
 * Removes files behind the scenes. What the disk refuses is told once and tried again with each {@link retry} until it is
 * gone; readers never see it meanwhile.
 */
export class Removals {
  private readonly running = new Set<Promise<void>>();
  private readonly refused = new Map<string, Removal>();

  constructor(private readonly logger: BrokerLogger) {}

  /** Removals that the disk refused the last time. */
  get refusedCount(): number {
    return this.refused.size;
  }

  begin(removal: Removal): void {
    this.run(removal, removal.remove);
  }

  /** Tries everything again that was refused. */
  retry(): void {
    for (const removal of this.refused.values()) this.run(removal, removal.again ?? removal.remove);
  }

  /** Resolves when nothing is under way; what was refused is left to the next start. */
  async settled(): Promise<void> {
    while (this.running.size > 0) await Promise.all(this.running);
  }

  private run(removal: Removal, work: () => Promise<void>): void {
    const running = work()
      .then(
        () => this.done(removal),
        (error: unknown) => this.failed(removal, error),
      )
      .finally(() => this.running.delete(running));
    this.running.add(running);
  }

  private done({ name }: Removal): void {
    if (this.refused.delete(name)) this.logger.info({ name }, "files could be removed at last");
  }

  private failed(removal: Removal, error: unknown): void {
    const { name } = removal;
    // Closed with its broker, or removed with all its files.
    if (isImsError(error, "log.closed")) {
      this.refused.delete(name);
      return;
    }
    const isNew = !this.refused.has(name);
    this.refused.set(name, removal);
    if (!isNew) return;
    const reason = describeError(error);
    this.logger.warn({ error: reason, name }, "files could not be removed; they are tried again");
  }
}
