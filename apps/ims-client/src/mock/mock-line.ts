import type { MessageHub } from "../delivery/message-hub.js";
import type { MarketMessageType } from "../records/market-message.js";

/**
 * What is published of one type and waits for somebody who wants it, as data waits in a broker. As long as a test makes
 * it.
 */
export class MockLine {
  readonly #waiting: (() => void)[] = [];
  readonly #types: readonly [MarketMessageType];
  #isRunning = false;
  #isClosed = false;

  constructor(
    type: MarketMessageType,
    private readonly hub: MessageHub,
  ) {
    this.#types = [type];
  }

  /** @param give hands one record or message to the hub; called at once if somebody waits for it */
  add(give: () => void): void {
    this.#waiting.push(give);
    if (this.#isRunning) return;
    this.#isRunning = true;
    void this.#run();
  }

  /** Gives what is wanted, as the last look at a broker does; the rest is dropped. */
  close(): void {
    while (this.#waiting.length > 0 && this.hub.accepts(this.#types)) this.#waiting.shift()!();
    this.#isClosed = true;
    this.#waiting.length = 0;
    this.hub.wake();
  }

  async #run(): Promise<void> {
    while (this.#waiting.length > 0 && !this.#isClosed) {
      if (this.hub.accepts(this.#types)) this.#waiting.shift()!();
      else await this.hub.changed();
    }
    this.#isRunning = false;
  }
}
