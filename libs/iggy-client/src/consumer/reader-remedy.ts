import { describeError } from "@ims/common";
import { consumerError } from "./consumer-errors.js";
import type { ConsumerRequests } from "./consumer-requests.js";
import type { ConsumerSettings } from "./consumer-settings.js";
import type { PartitionPolls } from "./partition-polls.js";
import { requestFault } from "./request-fault.js";

/** What to do about a failed request of a reader: try again after a pause, or tell the application. */
export type ReaderRemedy =
  | {
      readonly kind: "retry";
      readonly afterMillis: number;
      readonly error: Error;
    }
  | { readonly kind: "fail"; readonly error: Error };

/** Chooses the remedy for the failed requests of one partition. */
export class ReaderRemedies {
  private initTries = 0;

  constructor(
    private readonly partitionId: number,
    private readonly settings: ConsumerSettings,
    private readonly requests: ConsumerRequests,
    private readonly polls: PartitionPolls,
  ) {}

  /**
   * @param position offset that was asked for, −1 = the start was still being looked for
   * @param wasThere whether the partition was found before
   */
  choose(thrown: unknown, position: number, wasThere: boolean): ReaderRemedy {
    const error = thrown instanceof Error ? thrown : new Error(describeError(thrown));
    const { terminal } = this.requests.connection;
    if (terminal) return { kind: "fail", error: terminal };
    const { initRetries, initRetryMillis, pollRetryMillis } = this.settings;
    switch (requestFault(error)) {
      case "retry":
        return { kind: "retry", afterMillis: pollRetryMillis, error };
      case "missing":
        if (wasThere || this.initTries >= initRetries) return { kind: "fail", error };
        this.initTries++;
        return { kind: "retry", afterMillis: initRetryMillis, error };
      case "too-large":
        return this.afterTooLarge(error, position);
      case "fatal":
        return { kind: "fail", error };
    }
  }

  /** First alone, then with fewer messages, until one message is to blame. */
  private afterTooLarge(cause: Error, position: number): ReaderRemedy {
    const { partitionId, requests, polls } = this;
    const { wasShared } = polls;
    polls.goAlone();
    if (wasShared || polls.narrow()) return { kind: "retry", afterMillis: 0, error: cause };
    const what = position < 0 ? "the first message" : `the message at offset ${position}`;
    const error = consumerError(
      "iggy-client.message-too-large",
      `${what} of ${requests.label(partitionId)} is too large to be read`,
      { cause, context: { partitionId, offset: position } },
    );
    return { kind: "fail", error };
  }
}
