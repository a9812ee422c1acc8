import { type Clock, describeError, type Instrument, type Logger, type TimerHandle } from "@ims/common";
import type { ImsDataIntegration } from "@ims/traits";
import { inject, Lifecycle, scoped } from "tsyringe";
import { CLOCK, INTEGRATION, LOGGER } from "../service/tokens.js";
import { InstrumentList } from "./instrument-list.js";

/** The integration keeps its list for up to 120 minutes; asking it more often costs nothing. */
const REFRESH_MILLIS = 600_000;
const RETRY_MILLIS = 1000;

/** Keeps the published instrument list equal to the venue's, and present on the broker. */
@scoped(Lifecycle.ContainerScoped)
export class InstrumentRefresh {
  /** Resolves when the list was published for the first time. */
  readonly loaded: Promise<void>;
  #resolveLoaded!: () => void;
  #instruments: readonly Instrument[] | undefined;
  #timer: TimerHandle | undefined;
  #stopped = false;
  #publishing: Promise<void> = Promise.resolve();

  constructor(
    @inject(INTEGRATION) private readonly integration: ImsDataIntegration,
    @inject(InstrumentList) private readonly list: InstrumentList,
    @inject(CLOCK) private readonly clock: Clock,
    @inject(LOGGER) private readonly logger: Logger,
  ) {
    this.loaded = new Promise((resolve) => {
      this.#resolveLoaded = resolve;
    });
  }

  /** Instruments of the venue; 0 before the list was loaded. */
  get instrumentCount(): number {
    return this.#instruments?.length ?? 0;
  }

  /** Loads the list and looks for changes from time to time until {@link stop}. */
  start(signal: AbortSignal): void {
    void this.#refresh(signal);
  }

  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
  }

  /** After a new broker session: publishes the list again if the broker lost it. */
  async afterSession(): Promise<void> {
    if (this.list.published && !(await this.list.verify())) {
      this.logger.warn({ instruments: this.instrumentCount }, "the broker lost the instrument list");
    }
    if (this.#instruments && !this.list.published) await this.#publish(this.#instruments);
  }

  async #refresh(signal: AbortSignal): Promise<void> {
    let delayMillis = REFRESH_MILLIS;
    try {
      const instruments = await this.integration.symbols(signal);
      await this.#publish(instruments);
      this.#instruments = instruments;
      this.#resolveLoaded();
    } catch (error) {
      if (this.#stopped || signal.aborted) return;
      this.logger.warn({ error: describeError(error) }, "the symbol list could not be loaded; trying again");
      delayMillis = RETRY_MILLIS;
    }
    if (this.#stopped || signal.aborted) return;
    this.#timer = this.clock.setTimer(delayMillis, () => void this.#refresh(signal));
  }

  /** One at a time: a refresh and a new session may ask together. */
  #publish(instruments: readonly Instrument[]): Promise<void> {
    const publishing = this.#publishing
      .catch(() => {})
      .then(async () => {
        const before = this.list.published;
        const { firstOffset, count } = await this.list.publish(instruments);
        if (before?.firstOffset !== firstOffset)
          this.logger.info({ count, firstOffset }, "instruments published");
      });
    this.#publishing = publishing;
    return publishing;
  }
}
