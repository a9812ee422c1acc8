import type { CallDeadline } from "./call-deadline.js";

/** Lets one caller at a time pass, in the order of asking. */
export class TurnQueue {
  private taken = false;
  private readonly waiting = new Set<() => void>();

  /** False: the time was over first, and there is nothing to give back. */
  take(deadline: CallDeadline): Promise<boolean> {
    if (!this.taken) {
      this.taken = true;
      return Promise.resolve(true);
    }
    return deadline.wait<boolean>(
      (resolve) => {
        const next = () => resolve(true);
        this.waiting.add(next);
        return () => void this.waiting.delete(next);
      },
      () => false,
    );
  }

  /** Hands the turn to the next one. */
  giveBack(): void {
    const [next] = this.waiting;
    if (next) next();
    else this.taken = false;
  }
}
