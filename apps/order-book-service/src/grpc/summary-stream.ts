import { withConflated } from "@ims/book-proto";
import type { SharedMerge } from "../hub/shared-merge.js";

/** The part of a gRPC call that a stream of summaries needs. */
export interface SummaryCall {
  /** Calls `written` when the message left for the network, which a client that does not read holds up. */
  write(message: Buffer, written: () => void): unknown;
}

/**
 * What one client gets of a merge: the state at once, then the latest whenever the one before has left. States in
 * between are not kept, only counted, so a slow client costs the memory of one message.
 */
export class SummaryStream {
  #isBusy = false;
  #sentVersion = -1;
  #missed = 0;
  #conflatedCount = 0;

  constructor(
    private readonly call: SummaryCall,
    private readonly merge: SharedMerge,
  ) {}

  /** States that the client did not get, since it began. */
  get conflatedCount(): number {
    return this.#conflatedCount;
  }

  begin(): void {
    this.#send(this.merge.encodedNow());
  }

  /** The merge has a new state. */
  changed(): void {
    if (this.#isBusy) this.#missed++;
    else this.#send(this.merge.encoded);
  }

  #send(summary: Buffer): void {
    this.#isBusy = true;
    this.#sentVersion = this.merge.version;
    // The last of the states that were held up is the one that is sent.
    const conflated = Math.max(0, this.#missed - 1);
    this.#conflatedCount += conflated;
    this.#missed = 0;
    this.call.write(withConflated(summary, conflated), () => {
      this.#isBusy = false;
      if (this.merge.version !== this.#sentVersion) this.#send(this.merge.encoded);
    });
  }
}
