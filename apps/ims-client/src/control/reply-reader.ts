import type { Clock } from "@ims/common";
import { IdleWait } from "../transport/idle-wait.js";
import type { ImsTransport, PartitionPlace, PolledRecords } from "../transport/ims-transport.js";
import type { PendingRequests } from "./pending-requests.js";
import { ReplyDecoder } from "./reply-decoder.js";

const POLL_COUNT_MAX = 256;

/**
 * Reads the client's own stream while requests wait for replies, and rests otherwise. It starts at the end that the
 * stream had before the first request; a stream that does not exist yet appears with the login.
 */
export class ReplyReader {
  readonly #decoder = new ReplyDecoder();
  #offset: number | undefined;
  #sessionSeen = -1;
  #reading = false;
  /** Why the last look failed; the cause of a missing reply if nothing better is known. */
  lastFailure: unknown;

  constructor(
    private readonly place: PartitionPlace,
    private readonly transport: ImsTransport,
    private readonly pending: PendingRequests,
    private readonly clock: Clock,
    private readonly signal: AbortSignal,
    /** Called for bytes in the stream that are no message. */
    private readonly onMalformed: (offset: number, reason: string) => void,
  ) {}

  /** Finds where to begin, before a request is sent: only what comes after can be its reply. */
  async prepare(): Promise<void> {
    const { sessionCount } = this.transport;
    if (this.#offset !== undefined && this.#sessionSeen === sessionCount) return;
    const end = await this.transport.endOffset(this.place);
    // A broker that came back empty numbers from 0 again. What is read twice matches no waiting request.
    if (this.#offset === undefined) this.#offset = end;
    else if (end < this.#offset) this.#offset = 0;
    this.#sessionSeen = sessionCount;
  }

  /** Starts reading if requests wait and nobody reads yet. */
  wake(): void {
    if (this.#reading || this.pending.size === 0 || this.signal.aborted) return;
    this.#reading = true;
    void this.#read().finally(() => {
      this.#reading = false;
      this.wake();
    });
  }

  async #read(): Promise<void> {
    const wait = new IdleWait(this.clock, this.signal);
    while (this.pending.size > 0 && !this.signal.aborted) {
      try {
        await this.prepare();
        const records = await this.transport.poll(this.place, this.#offset ?? 0, POLL_COUNT_MAX);
        this.lastFailure = undefined;
        const found = records !== undefined && this.#take(records);
        records?.release();
        if (found) wait.reset();
        else await wait.afterNothing();
      } catch (error) {
        this.lastFailure = error;
        await wait.afterFailure();
      }
    }
    wait.end();
  }

  #take(records: PolledRecords): boolean {
    let found = false;
    while (records.next()) {
      found = true;
      const { offset, view, payloadStart, payloadLength } = records;
      this.#offset = offset + 1;
      const reply = this.#decoder.decode(view, payloadStart, payloadLength, (reason) =>
        this.onMalformed(offset, reason),
      );
      if (reply) this.pending.settle(reply);
    }
    return found;
  }
}
