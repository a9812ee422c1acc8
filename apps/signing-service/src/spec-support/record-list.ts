import type { InputRecords, RecordOutput } from "@ims/traits";

/** A record of the input; user headers are any octets here. */
export interface SampleRecord {
  readonly offset: number;
  readonly micros: number;
  readonly payload: Uint8Array;
  readonly headers: Uint8Array;
}

/** A cursor over records as a poll gives them. */
export class RecordList implements InputRecords {
  readonly bytes: Buffer;
  readonly view: DataView;
  payloadStart = 0;
  payloadLength = 0;
  headersLength = 0;
  offset = -1;
  timestampMicros = 0;
  private index = -1;
  private end = 0;

  constructor(private readonly records: readonly SampleRecord[]) {
    this.bytes = Buffer.concat(records.flatMap(({ payload, headers }) => [payload, headers]));
    this.view = new DataView(this.bytes.buffer, this.bytes.byteOffset, this.bytes.length);
  }

  next(): boolean {
    const record = this.records[++this.index];
    if (!record) return false;
    this.payloadStart = this.end;
    this.payloadLength = record.payload.length;
    this.headersLength = record.headers.length;
    this.offset = record.offset;
    this.timestampMicros = record.micros;
    this.end += record.payload.length + record.headers.length;
    return true;
  }
}

/** One output. */
export interface Published {
  readonly offset: number | undefined;
  readonly payload: Buffer;
  readonly headers: Buffer;
}

/** Keeps what is published; has no room before every second output. */
export class OutputList implements RecordOutput {
  readonly published: Published[] = [];
  readonly bytes = Buffer.alloc(1 << 18);
  readonly view = new DataView(this.bytes.buffer);
  private hasWaited = false;

  get accepting(): boolean {
    return this.hasWaited || this.published.length % 2 === 0;
  }

  async whenAccepting(): Promise<void> {
    this.hasWaited = true;
  }

  reserve(): number {
    this.bytes.fill(0xee);
    return 100;
  }

  commit(byteCount: number, offset?: number, headersByteCount = 0): void {
    const end = 100 + byteCount;
    const payload = Buffer.from(this.bytes.subarray(100, end - headersByteCount));
    const headers = Buffer.from(this.bytes.subarray(end - headersByteCount, end));
    this.published.push({ offset, payload, headers });
    this.hasWaited = false;
  }
}
