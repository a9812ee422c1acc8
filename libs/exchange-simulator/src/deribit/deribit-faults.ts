import type { FaultFields } from "../faults/fault-fields.js";
import { FrameFaults } from "../faults/frame-faults.js";

/** What a simulated Deribit can do wrong. Channels are named by how they begin: `book.` for all books. */
export type DeribitFault =
  /** Ends every connection at once, without a close frame. */
  | { readonly fault: "cut" }
  /** Subscriptions that exist go silent, without a word; who asks for the channel again gets it. */
  | { readonly fault: "mute"; readonly channel: string }
  /** The next so many notifications never leave: trades are missing, and the chain of a book is broken. */
  | { readonly fault: "drop"; readonly channel: string; readonly count: number }
  /** The next so many notifications are sent twice. */
  | { readonly fault: "duplicate"; readonly channel: string; readonly count: number }
  /** The next so many notifications are broken off in their middle. */
  | { readonly fault: "malform"; readonly channel: string; readonly count: number }
  /** From now on these are left out of what is accepted, without an error. */
  | { readonly fault: "omit"; readonly channel: string }
  /** The next so many requests for channels fail for a reason that passes (13028). */
  | { readonly fault: "busy"; readonly count: number }
  /** HTTP answers this error, for so long: 10028 for too many requests, 13028 for a reason that passes. */
  | { readonly fault: "refuse-rest"; readonly code: number; readonly forMillis: number }
  /** HTTP takes so long to answer, for so long. */
  | { readonly fault: "slow-rest"; readonly millis: number; readonly forMillis: number };

/** The fields of each fault, for scripts. */
export const DERIBIT_FAULT_FIELDS = {
  cut: {},
  mute: { channel: "text" },
  drop: { channel: "text", count: "count" },
  duplicate: { channel: "text", count: "count" },
  malform: { channel: "text", count: "count" },
  omit: { channel: "text" },
  busy: { count: "count" },
  "refuse-rest": { code: "number", forMillis: "number" },
  "slow-rest": { millis: "number", forMillis: "number" },
} as const satisfies Record<DeribitFault["fault"], FaultFields[string]>;

/** What is done with one notification. */
export type FrameFault = "drop" | "duplicate" | "malform";
type RestFault = Extract<DeribitFault, { readonly forMillis: number }>;

/** Faults that wait for their occasion, and those that hold for a time. */
export class DeribitFaults {
  readonly #frames = new FrameFaults<FrameFault>();
  readonly #omitted = new Set<string>();
  #rest: { readonly rule: RestFault; readonly untilMillis: number }[] = [];

  /** @param rule one about notifications */
  addFrameFault(rule: Extract<DeribitFault, { readonly fault: FrameFault }>): void {
    this.#frames.add(rule);
  }

  addRestFault(rule: RestFault, nowMillis: number): void {
    this.#rest = this.#rest.filter(({ untilMillis }) => nowMillis < untilMillis);
    this.#rest.push({ rule, untilMillis: nowMillis + rule.forMillis });
  }

  omit(channel: string): void {
    this.#omitted.add(channel);
  }

  isOmitted(channel: string): boolean {
    for (const prefix of this.#omitted) if (channel.startsWith(prefix)) return true;
    return false;
  }

  /** What is done with the next notification of a channel. */
  takeFrameFault(channel: string): FrameFault | undefined {
    return this.#frames.take(channel);
  }

  /** The error that HTTP answers now. */
  restError(nowMillis: number): number | undefined {
    const found = this.#holding("refuse-rest", nowMillis);
    return found?.fault === "refuse-rest" ? found.code : undefined;
  }

  /** How long HTTP waits before it answers. */
  restDelayMillis(nowMillis: number): number {
    const found = this.#holding("slow-rest", nowMillis);
    return found?.fault === "slow-rest" ? found.millis : 0;
  }

  #holding(fault: RestFault["fault"], nowMillis: number): RestFault | undefined {
    return this.#rest.find(({ rule, untilMillis }) => rule.fault === fault && nowMillis < untilMillis)?.rule;
  }
}
