import type { FaultFields } from "../faults/fault-fields.js";
import { FrameFaults } from "../faults/frame-faults.js";

/** What a simulated Bitstamp can do wrong. Channels are named by how they begin, `live_trades_` for all trades. */
export type BitstampFault =
  /** Ends every connection at once, without a close frame. */
  | { readonly fault: "cut" }
  /** `bts:request_reconnect` on every connection, which ends so long after. Default 20 s. */
  | { readonly fault: "request-reconnect"; readonly closeAfterMillis?: number }
  /** Subscriptions that exist go silent; a new one is served. */
  | { readonly fault: "mute"; readonly channel: string }
  /** The next so many frames never leave; of the later ones only those of `live_orders_` show it, by their chain. */
  | { readonly fault: "drop"; readonly channel: string; readonly count: number }
  /** The next so many frames are sent twice. */
  | { readonly fault: "duplicate"; readonly channel: string; readonly count: number }
  /** The next so many frames are broken off in their middle. */
  | { readonly fault: "malform"; readonly channel: string; readonly count: number }
  /** The next so many frames are JSON of the right form, of which no number in a string can be read. */
  | { readonly fault: "garble"; readonly channel: string; readonly count: number }
  /** The next so many frames are each overtaken by the one behind them. */
  | { readonly fault: "swap"; readonly channel: string; readonly count: number }
  /** Frames never leave, for so long; what comes later is chained to what left, so nothing shows it. */
  | { readonly fault: "lose"; readonly channel: string; readonly forMillis: number }
  /** Books of REST are so old, for so long. */
  | { readonly fault: "stale-book"; readonly lagMillis: number; readonly forMillis: number }
  /** REST takes so long to answer, for so long. */
  | { readonly fault: "slow-rest"; readonly millis: number; readonly forMillis: number }
  /** REST answers this status, for so long. */
  | { readonly fault: "refuse-rest"; readonly status: number; readonly forMillis: number };

/** The fields of each fault, for scripts. */
export const BITSTAMP_FAULT_FIELDS = {
  cut: {},
  "request-reconnect": { closeAfterMillis: "number?" },
  mute: { channel: "text" },
  drop: { channel: "text", count: "count" },
  duplicate: { channel: "text", count: "count" },
  malform: { channel: "text", count: "count" },
  garble: { channel: "text", count: "count" },
  swap: { channel: "text", count: "count" },
  lose: { channel: "text", forMillis: "number" },
  "stale-book": { lagMillis: "number", forMillis: "number" },
  "slow-rest": { millis: "number", forMillis: "number" },
  "refuse-rest": { status: "status", forMillis: "number" },
} as const satisfies Record<BitstampFault["fault"], FaultFields[string]>;

type FrameFault = Extract<BitstampFault, { readonly count: number }>;
type TimedFault = Extract<BitstampFault, { readonly forMillis: number }>;
type RestFault = Exclude<TimedFault, { readonly fault: "lose" }>;

/** Faults that wait for their frames, and those that hold for a time. */
export class FaultBoard {
  readonly frames = new FrameFaults<FrameFault["fault"]>();
  #timed: { readonly rule: TimedFault; readonly untilMillis: number }[] = [];

  addTimed(rule: TimedFault, nowMillis: number): void {
    this.#timed = this.#timed.filter(({ untilMillis }) => nowMillis < untilMillis);
    this.#timed.push({ rule, untilMillis: nowMillis + rule.forMillis });
  }

  /** Whether frames of a channel are lost now. */
  isLost(channel: string, nowMillis: number): boolean {
    return this.#timed.some(
      ({ rule, untilMillis }) =>
        rule.fault === "lose" && nowMillis < untilMillis && channel.startsWith(rule.channel),
    );
  }

  /** The fault of REST of this kind that holds now. */
  restFault<Kind extends RestFault["fault"]>(
    kind: Kind,
    nowMillis: number,
  ): Extract<RestFault, { readonly fault: Kind }> | undefined {
    const found = this.#timed.find(({ rule, untilMillis }) => rule.fault === kind && nowMillis < untilMillis);
    return found?.rule as Extract<RestFault, { readonly fault: Kind }> | undefined;
  }
}
