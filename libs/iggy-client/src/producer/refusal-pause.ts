import type { TimerHandle } from "@ims/common";
import { TRANSIENT_RETRY_MILLIS } from "../connection/log-in.js";
import type { ConnectionDependencies } from "../connection/server-connection.js";
import type { OutgoingBatch } from "./outgoing-batch.js";
import type { Remedy, SenderSettings } from "./sender-settings.js";

/** What the pause needs of the sender that it holds back. */
export interface PausedSender {
  waitingBatches(): readonly OutgoingBatch[];
  giveUp(batches: readonly OutgoingBatch[], error: Exclude<Remedy, string>): void;
  goOn(): void;
}

/**
 * Holds a sender back after refusals: until everything in flight is answered, then for the pause that suits them, or
 * until a remedy is found.
 */
export class RefusalPause {
  isActive = false;
  private isFindingRemedy = false;
  private timer: TimerHandle | undefined;

  constructor(
    private readonly dependencies: Pick<ConnectionDependencies, "clock" | "metrics">,
    private readonly settings: Pick<SenderSettings, "retryMillis" | "findRemedy">,
    private readonly sender: PausedSender,
  ) {}

  begin(): void {
    this.isActive = true;
  }

  /** Nothing is in flight any more. */
  onDrained(): void {
    if (!this.isActive || this.isFindingRemedy) return;
    const { findRemedy } = this.settings;
    const needsRemedy = this.sender.waitingBatches().some((batch) => batch.needsRemedy);
    if (!needsRemedy || !findRemedy) {
      this.endAfter(TRANSIENT_RETRY_MILLIS);
      return;
    }
    this.isFindingRemedy = true;
    findRemedy().then(
      (remedy) => this.apply(remedy),
      () => this.apply("retry-later"),
    );
  }

  stop(): void {
    this.timer?.cancel();
    this.timer = undefined;
  }

  private apply(remedy: Remedy): void {
    this.isFindingRemedy = false;
    const refused = this.sender.waitingBatches().filter(({ needsRemedy }) => needsRemedy);
    for (const batch of refused) batch.needsRemedy = false;
    if (typeof remedy !== "string") {
      this.sender.giveUp(refused, remedy);
      this.endAfter(0);
      return;
    }
    for (const _ of refused) this.dependencies.metrics.retried("resend");
    this.endAfter(remedy === "retry-now" ? 0 : this.settings.retryMillis);
  }

  private endAfter(delayMillis: number): void {
    if (this.sender.waitingBatches().length === 0) {
      this.isActive = false;
      return;
    }
    this.timer ??= this.dependencies.clock.setTimer(delayMillis, () => {
      this.timer = undefined;
      this.isActive = false;
      this.sender.goOn();
    });
  }
}
