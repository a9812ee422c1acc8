import type { StreamPublisher } from "../market-source.js";

/** A stream that is pushed at a fixed pace, or that collects what happens in between. */
export interface PacedPush {
  /** `nowMillis` is a multiple of the pace. */
  step(nowMillis: number, publisher: StreamPublisher): void;
}

interface PaceGroup {
  readonly paceMillis: number;
  nextMillis: number;
  readonly pushes: Set<PacedPush>;
}

/** Pushes by their pace; those of one pace step together, at whole multiples of it since 1970. */
export class PaceGroups {
  readonly #groups = new Map<number, PaceGroup>();
  #nextMillis = Number.POSITIVE_INFINITY;

  /** The next step of any push; infinite when there is none. */
  get nextMillis(): number {
    return this.#nextMillis;
  }

  add(push: PacedPush, paceMillis: number, nowMillis: number): void {
    let group = this.#groups.get(paceMillis);
    if (!group) {
      const nextMillis = (Math.floor(nowMillis / paceMillis) + 1) * paceMillis;
      group = { paceMillis, nextMillis, pushes: new Set() };
      this.#groups.set(paceMillis, group);
    }
    group.pushes.add(push);
    this.#findNext();
  }

  remove(push: PacedPush, paceMillis: number): void {
    const group = this.#groups.get(paceMillis);
    if (!group?.pushes.delete(push) || group.pushes.size > 0) return;
    this.#groups.delete(paceMillis);
    this.#findNext();
  }

  /** Steps the pushes that are due at {@link nextMillis}, the finest pace first. */
  step(publisher: StreamPublisher): void {
    const now = this.#nextMillis;
    const due = [...this.#groups.values()].filter(({ nextMillis }) => nextMillis === now);
    due.sort((a, b) => a.paceMillis - b.paceMillis);
    for (const group of due) {
      group.nextMillis += group.paceMillis;
      for (const push of group.pushes) push.step(now, publisher);
    }
    this.#findNext();
  }

  #findNext(): void {
    let next = Number.POSITIVE_INFINITY;
    for (const group of this.#groups.values()) next = Math.min(next, group.nextMillis);
    this.#nextMillis = next;
  }
}
