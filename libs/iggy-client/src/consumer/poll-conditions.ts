import type { ConsumerSettings } from "./consumer-settings.js";
import type { FetchedAmount } from "./partition-polls.js";

/** What decides whether a partition is polled, and whether what was fetched is given out. */
export class PollConditions {
  paused = false;
  /** Takes no more messages from the server, unless the assignment comes back. */
  revoked = false;
  /** Looks up whether another member went on meanwhile, before anything more is fetched or given out. */
  mustRecheck = false;
  /** Of fetching; nothing is fetched until the application has taken it. */
  failure: Error | undefined;
  /** After a failure was taken: polls begin when the application asks for more. */
  private awaitsDemand = false;

  /** @param isWaiting whether the application waits for messages */
  constructor(
    private readonly settings: ConsumerSettings,
    private readonly isWaiting: () => boolean,
  ) {}

  get mayGiveOut(): boolean {
    return !this.paused && !this.mustRecheck;
  }

  mayPoll({ count, bytes }: FetchedAmount): boolean {
    const { prefetchBatches, prefetchBytesMax } = this.settings;
    if (this.mustRecheck) return !this.failure;
    if (this.paused || this.revoked || this.failure) return false;
    if (this.awaitsDemand || prefetchBatches === 0) return count === 0 && this.isWaiting();
    return count < prefetchBatches && bytes < prefetchBytesMax;
  }

  takeFailure(): Error | undefined {
    const { failure } = this;
    if (failure) {
      this.failure = undefined;
      this.awaitsDemand = true;
    }
    return failure;
  }

  /** Messages came. */
  onMessages(): void {
    this.awaitsDemand = false;
  }

  /** Reading goes on elsewhere: what was said of the old place counts no more. */
  onSeek(): void {
    this.failure = undefined;
    this.mustRecheck = false;
  }
}
