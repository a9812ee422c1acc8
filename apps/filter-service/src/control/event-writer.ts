import { describeError, type Logger } from "@ims/common";
import { type FilterClient, type FilterEvent, writeEvent } from "@ims/filter-control";

/** Events that wait to be written; more are left out, and how many stands in the log. */
const WAITING_MAX = 1024;

/** Writes events one after the other, beside the work that they tell of. */
export class EventWriter {
  private writing: Promise<void> = Promise.resolve();
  private waiting = 0;
  /** Events that were left out, or not stored. */
  lostCount = 0;

  constructor(
    private readonly client: FilterClient,
    private readonly logger: Logger,
  ) {}

  write(event: FilterEvent): void {
    if (this.waiting >= WAITING_MAX) {
      this.lose("too many events wait");
      return;
    }
    this.waiting++;
    this.writing = this.writing
      .then(() => writeEvent(this.client, event))
      .catch((error: unknown) => this.lose(describeError(error)))
      .finally(() => {
        this.waiting--;
      });
  }

  /** Resolves when all that was written so far has an outcome. */
  async flush(): Promise<void> {
    await this.writing;
  }

  private lose(reason: string): void {
    if (this.lostCount++ % 100 === 0) {
      this.logger.warn({ reason, lost: this.lostCount }, "an event of a filter was not stored");
    }
  }
}
