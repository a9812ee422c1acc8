import { type AverageRecord, decodeRecord } from "@ims/sbe";
import type { RecordOutput } from "@ims/traits";

/** Keeps what is published. */
export class CollectedOutput implements RecordOutput {
  readonly accepting = true;
  readonly bytes = new Uint8Array(1024);
  readonly view = new DataView(this.bytes.buffer);
  readonly messages: Uint8Array[] = [];

  async whenAccepting(): Promise<void> {}

  reserve(byteCount: number): number {
    // What lies there from before must not show.
    this.bytes.fill(0xa5);
    return byteCount > this.bytes.length - 8 ? -1 : 8;
  }

  commit(byteCount: number): void {
    this.messages.push(this.bytes.slice(8, 8 + byteCount));
  }

  averages(): AverageRecord[] {
    return this.messages.map((message) => {
      const record = decodeRecord(new DataView(message.buffer), 0, message.length);
      if (record?.type !== "average") throw new Error(`${record?.type} is no average`);
      return record;
    });
  }
}
