/** One poll's way through the gate. */
export interface PollTicket {
  /** To run while no other poll of the same client does. */
  alone: boolean;
  /** Set by the gate: another poll was under way at some time of this one. */
  shared: boolean;
}

/**
 * A reply above the frame limit ends the connection, and with it every poll that is under way: none of them knows whose
 * reply it was. The ones that were lost then go alone, so that the next loss has a name.
 */
export class PollGate {
  private readonly running = new Set<PollTicket>();
  private aloneWaiting = 0;
  private waiters: (() => void)[] = [];

  /** Runs a poll when the gate lets it through; polls that go alone come first. */
  async run<Result>(ticket: PollTicket, poll: () => Promise<Result>): Promise<Result> {
    if (ticket.alone) this.aloneWaiting++;
    while (!this.admits(ticket)) await new Promise<void>((resolve) => this.waiters.push(resolve));
    if (ticket.alone) this.aloneWaiting--;
    ticket.shared = this.running.size > 0;
    if (ticket.shared) for (const other of this.running) other.shared = true;
    this.running.add(ticket);
    try {
      return await poll();
    } finally {
      this.running.delete(ticket);
      const waiters = this.waiters;
      this.waiters = [];
      for (const resume of waiters) resume();
    }
  }

  private admits(ticket: PollTicket): boolean {
    if (ticket.alone) return this.running.size === 0;
    if (this.aloneWaiting > 0) return false;
    for (const other of this.running) return !other.alone;
    return true;
  }
}
