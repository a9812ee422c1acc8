import { type Clock, DataType, type GapReason } from "@ims/common";
import type { IntegrationLogger, MarketDataSink } from "@ims/traits";
import { createGapFields } from "../gaps/gap-record.js";
import type { MissingRange } from "./missing-ids.js";
import { type ReadMissedTrades, TradeBackFill } from "./trade-back-fill.js";
import { TradeSequencer } from "./trade-sequencer.js";

export interface TradeRecoveryOptions {
  readonly clock: Clock;
  readonly random: () => number;
  readonly logger: IntegrationLogger;
  readonly read: ReadMissedTrades;
  readonly symbol: string;
  readonly instrumentId: number;
  /** Trades go to `trade`, losses to `gap`. */
  readonly sink: Pick<MarketDataSink, "trade">;
  readonly gapSink: Pick<MarketDataSink, "gap">;
  /** Whether the stream comes over more than one connection now. */
  readonly isShared: () => boolean;
  /** Trades that wait while missed ones are read; with more they are passed on at once. Default 10,000. */
  readonly heldMax?: number | undefined;
  /** How long trades wait for missed ones before they are passed on. Default 15 s. */
  readonly holdMillis?: number | undefined;
  /** Of a longer loss only the last so many trades are read, the others become a Gap. Default 20,000. */
  readonly tradesMax?: number | undefined;
}

const HELD_MAX = 10_000;
const HOLD_MILLIS = 15_000;
const TRADES_MAX = 20_000;

/** Time for missing trades to come by themselves: out of order, or from the other connection. */
const GRACE_MILLIS = 200;
const SHARED_GRACE_MILLIS = 1000;

/** The trades of one symbol in order, with what it takes to get missed ones. */
export class TradeRecovery {
  readonly sequencer: TradeSequencer;
  readonly #options: TradeRecoveryOptions;
  readonly #backFill: TradeBackFill;
  #holdingSinceMillis = Number.POSITIVE_INFINITY;

  constructor(options: TradeRecoveryOptions) {
    const { clock, sink } = options;
    this.#options = options;
    this.sequencer = new TradeSequencer({
      heldMax: options.heldMax ?? HELD_MAX,
      publish: (trade) => sink.trade(trade),
      gap: (range) => this.#tellGap(range),
      fill: (from, to) => {
        // Every first, second, fourth, eighth … time: a broken feed must not fill the log.
        const { lossCount } = this.sequencer;
        if ((lossCount & (lossCount - 1)) === 0) {
          options.logger.warn({ symbol: options.symbol, from, to, lossCount }, "trades are missing");
        }
        this.#backFill.wake();
      },
      onHolding: (holding) => {
        this.#holdingSinceMillis = holding ? clock.monotonicMillis() : Number.POSITIVE_INFINITY;
      },
    });
    this.#backFill = new TradeBackFill({
      ...options,
      tradesMax: options.tradesMax ?? TRADES_MAX,
      sequencer: this.sequencer,
      graceMillis: () => (options.isShared() ? SHARED_GRACE_MILLIS : GRACE_MILLIS),
    });
  }

  /** The stream was cut: the next ids need not follow the last ones. */
  interrupted(reason: GapReason): void {
    this.sequencer.expectLoss(reason);
  }

  /** To be called a few times a second: trades do not wait longer than they may. */
  check(nowMillis: number): void {
    if (nowMillis - this.#holdingSinceMillis >= (this.#options.holdMillis ?? HOLD_MILLIS))
      this.sequencer.giveUpOrder();
  }

  /** What waits is passed on and what is missing becomes Gaps, at once; resolves when nothing is under way. */
  close(): Promise<void> {
    this.sequencer.close();
    return this.#backFill.close();
  }

  #tellGap({ from, loss, to }: MissingRange): void {
    const gap = createGapFields(this.#options.instrumentId, DataType.Trade);
    gap.receiveMicros = this.#options.clock.nowMicros();
    gap.eventMicros = loss.toMicros;
    gap.reason = loss.reason;
    gap.fromId = from;
    gap.toId = to;
    gap.fromMicros = loss.fromMicros;
    gap.toMicros = loss.toMicros;
    gap.missingCount = to === 0 ? -1 : to - from + 1;
    gap.filledCount = loss.filledCount;
    this.#options.gapSink.gap(gap);
  }
}
