/** A fault of the next so many frames of the channels that begin so. */
export interface FrameFaultRule<Fault extends string> {
  readonly fault: Fault;
  readonly channel: string;
  readonly count: number;
}

/** Faults that wait for their frames. */
export class FrameFaults<Fault extends string> {
  readonly #waiting: { readonly rule: FrameFaultRule<Fault>; left: number }[] = [];

  add(rule: FrameFaultRule<Fault>): void {
    this.#waiting.push({ rule, left: rule.count });
  }

  /** What is done with one frame of a channel: the first fault that fits acts, and is used up by one. */
  take(channel: string): Fault | undefined {
    const at = this.#waiting.findIndex(({ rule }) => channel.startsWith(rule.channel));
    const found = this.#waiting[at];
    if (!found) return undefined;
    if (--found.left === 0) this.#waiting.splice(at, 1);
    return found.rule.fault;
  }
}
