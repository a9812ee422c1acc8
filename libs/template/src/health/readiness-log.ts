import type { Clock, Logger, ServiceStatus, TimerHandle } from "@ims/common";

const CHECK_MILLIS = 5000;
/** What goes on unchanged is said again after this time. */
const REPEAT_MILLIS = 60_000;

export interface Readiness {
  readonly status: ServiceStatus;
  /** Sentences without final point; empty when ready. */
  readonly reasons: readonly string[];
}

/** Says in the log what a service waits for, when it cannot serve for the moment, and when it can again. */
export class ReadinessLog {
  #timer: TimerHandle | undefined;
  #said: ServiceStatus = "starting";
  #saidReasons = "";
  #saidAtMillis = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly readiness: () => Readiness,
    private readonly clock: Clock,
    private readonly logger: Pick<Logger, "info" | "warn">,
  ) {}

  start(): void {
    this.#timer = this.clock.setTimer(CHECK_MILLIS, () => {
      this.#check();
      this.start();
    });
  }

  stop(): void {
    this.#timer?.cancel();
  }

  #check(): void {
    const { status, reasons } = this.readiness();
    const now = this.clock.monotonicMillis();
    const text = reasons.join("; ");
    const isNews = status !== this.#said || text !== this.#saidReasons;
    if (!isNews && now - this.#saidAtMillis < REPEAT_MILLIS) return;
    if (status === "starting") this.logger.info({ waitingFor: reasons }, "not ready yet");
    else if (status === "degraded")
      this.logger.warn({ reasons }, "clients cannot be served fully at the moment");
    else if (status === "ready" && this.#said === "degraded") this.logger.info("ready again");
    this.#said = status;
    this.#saidReasons = text;
    this.#saidAtMillis = now;
  }
}
