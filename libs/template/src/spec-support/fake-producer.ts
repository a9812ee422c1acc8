import type { PartitionProducer } from "@ims/iggy-client";

export interface CommittedRecord {
  readonly payload: Uint8Array;
  readonly idWords: readonly number[];
}

/** Takes records into plain memory; `room` says how many more. */
export class FakeProducer {
  readonly arena = (() => {
    const bytes = new Uint8Array(1 << 20);
    return { bytes, view: new DataView(bytes.buffer) };
  })();
  readonly records: CommittedRecord[] = [];
  room = Number.POSITIVE_INFINITY;
  isClosed = false;
  #at = 8;

  get accepting(): boolean {
    return this.room > 0;
  }

  get pendingCount(): number {
    return this.records.length;
  }

  reserve(payloadBytes: number): number {
    if (this.isClosed) throw new Error("the producer is closed");
    if (this.room <= 0) return -1;
    if (this.#at + payloadBytes > this.arena.bytes.length) this.#at = 8;
    return this.#at;
  }

  commit(payloadBytes: number, id: Uint32Array): void {
    this.room--;
    this.records.push({
      payload: this.arena.bytes.slice(this.#at, this.#at + payloadBytes),
      idWords: [...id],
    });
    this.#at += payloadBytes;
  }

  /** As the type that the sink takes. */
  asProducer(): PartitionProducer {
    return this as unknown as PartitionProducer;
  }
}
