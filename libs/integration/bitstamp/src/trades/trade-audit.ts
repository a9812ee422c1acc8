import { type Clock, describeError, RecordFlags } from "@ims/common";
import { createTradeFields, Unusable } from "@ims/integration-kit";
import type { IntegrationLogger, TradeFields } from "@ims/traits";
import type { ListedTrade, TradeWindow } from "../rest/bitstamp-rest.js";
import { readListedTrade } from "./trade-fields.js";
import { WINDOWS } from "./trade-fill.js";
import type { TradeJoin } from "./trade-join.js";

export interface TradeAuditOptions {
  readonly clock: Clock;
  readonly random: () => number;
  readonly logger: IntegrationLogger;
  readonly symbol: string;
  readonly join: TradeJoin;
  readonly everyMillis: number;
  readonly read: (window: TradeWindow, signal: AbortSignal) => Promise<readonly ListedTrade[]>;
  /** Sets what is particular to the feed: the instrument and the time of arrival. */
  readonly complete: (trade: TradeFields) => void;
}

/**
 * Compares the trades of a stream that never broke with `/transactions/` now and then: ids have holes, so a frame that
 * the venue never sent shows in nothing else. What was missed is passed on late.
 */
export class TradeAudit {
  readonly #options: TradeAuditOptions;
  readonly #trade = createTradeFields();
  #dueMillis: number;
  /** What lies behind it was not compared yet. */
  #fromId = 0;
  #fromMillis: number;

  constructor(options: TradeAuditOptions) {
    this.#options = options;
    this.#fromMillis = options.clock.monotonicMillis();
    this.#dueMillis = this.#next();
  }

  isDue(nowMillis: number): boolean {
    return nowMillis >= this.#dueMillis;
  }

  /** One comparison; it rejects with nothing. What was not compared is compared next time. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, join, logger, read, symbol } = this.#options;
    this.#dueMillis = this.#next();
    const untilId = join.lastId;
    const untilMillis = clock.monotonicMillis();
    // The venue may have begun its ids anew since.
    const fromId = this.#fromId > 0 && this.#fromId <= untilId ? this.#fromId : join.firstId;
    try {
      // Before the first trade there is nothing that could have been missed.
      const { seconds, window } = windowOf(untilMillis - this.#fromMillis);
      const listed = fromId === 0 ? [] : await read(window, signal);
      if (signal.aborted) return;
      // The request may have waited long. A list that no longer reaches back is used, and a larger one read next time.
      const isCovered = clock.monotonicMillis() - this.#fromMillis < seconds * 1000;
      if (fromId === 0 || isCovered || window === "day" || (listed[0]?.tradeId ?? Infinity) <= fromId) {
        this.#fromId = untilId;
        this.#fromMillis = untilMillis;
      }
      let missedCount = 0;
      for (const each of listed) if (each.tradeId > fromId && this.#offer(each)) missedCount++;
      if (missedCount > 0) logger.warn({ symbol, missedCount }, "trades had not come over the stream");
    } catch (error) {
      if (signal.aborted) return;
      logger.warn({ symbol, error: describeError(error) }, "trades could not be compared");
    }
  }

  #offer({ row }: ListedTrade): boolean {
    const { complete, join } = this.#options;
    try {
      readListedTrade(row, this.#trade);
    } catch (error) {
      if (!(error instanceof Unusable)) throw error;
      return false;
    }
    this.#trade.flags = RecordFlags.BackFilled;
    complete(this.#trade);
    return join.offerListed(this.#trade);
  }

  /** Spread, so that feeds that began together are not compared together. */
  #next(): number {
    const { clock, everyMillis, random } = this.#options;
    return clock.monotonicMillis() + everyMillis * (0.75 + 0.5 * random());
  }
}

/** The smallest list that reaches so far back, with room for what was under way. */
function windowOf(millis: number): (typeof WINDOWS)[number] {
  return WINDOWS.find(({ seconds }) => millis < seconds * 1000) ?? WINDOWS.at(-1)!;
}
