/** What a simulated Bitstamp can do wrong. Channels are named by how they begin, `live_trades_` for all trades. */
export type BitstampFault =
  /** Ends every connection at once, without a close frame. */
  | { readonly fault: "cut" }
  /** `bts:request_reconnect` on every connection, which ends so long after. Default 20 s. */
  | { readonly fault: "request-reconnect"; readonly closeAfterMillis?: number }
  /** Subscriptions that exist go silent; a new one is served. */
  | { readonly fault: "mute"; readonly channel: string }
  /** The next so many frames never leave; nothing in the later ones shows it. */
  | { readonly fault: "drop"; readonly channel: string; readonly count: number }
  /** The next so many frames are sent twice. */
  | { readonly fault: "duplicate"; readonly channel: string; readonly count: number }
  /** The next so many frames are broken off in their middle. */
  | { readonly fault: "malform"; readonly channel: string; readonly count: number }
  /** Books of REST are so old, for so long. */
  | { readonly fault: "stale-book"; readonly lagMillis: number; readonly forMillis: number }
  /** REST takes so long to answer, for so long. */
  | { readonly fault: "slow-rest"; readonly millis: number; readonly forMillis: number }
  /** REST answers this status, for so long. */
  | { readonly fault: "refuse-rest"; readonly status: number; readonly forMillis: number };

type FrameFault = Extract<BitstampFault, { readonly count: number }>;
type RestFault = Extract<BitstampFault, { readonly forMillis: number }>;

/** Faults that wait for their frames, and those that hold for a time. */
export class FaultBoard {
  readonly #frames: { readonly rule: FrameFault; left: number }[] = [];
  readonly #rest: { readonly rule: RestFault; readonly untilMillis: number }[] = [];

  addFrameFault(rule: FrameFault): void {
    this.#frames.push({ rule, left: rule.count });
  }

  addRestFault(rule: RestFault, nowMillis: number): void {
    this.#rest.push({ rule, untilMillis: nowMillis + rule.forMillis });
  }

  /** What is done with one frame of a channel. */
  takeFrameFault(channel: string): FrameFault["fault"] | undefined {
    const at = this.#frames.findIndex(({ rule }) => channel.startsWith(rule.channel));
    const found = this.#frames[at];
    if (!found) return undefined;
    if (--found.left === 0) this.#frames.splice(at, 1);
    return found.rule.fault;
  }

  /** The fault of REST of this kind that holds now. */
  restFault<Kind extends RestFault["fault"]>(
    kind: Kind,
    nowMillis: number,
  ): Extract<RestFault, { readonly fault: Kind }> | undefined {
    const found = this.#rest.find(({ rule, untilMillis }) => rule.fault === kind && nowMillis < untilMillis);
    return found?.rule as Extract<RestFault, { readonly fault: Kind }> | undefined;
  }
}
