import type { ImsTransport, PartitionPlace, PolledRecords } from "../transport/ims-transport.js";

interface StoredRecord {
  readonly payload: Uint8Array;
  readonly storedMicros: number;
  /** Four words, lowest first. */
  readonly id: readonly number[];
}

const NO_ID = [0, 0, 0, 0];

/** A broker in memory: partitions are arrays of payloads, and a test decides when it is there. */
export class MemoryBroker {
  readonly #partitions = new Map<string, StoredRecord[]>();
  readonly #listeners: ((connected: boolean) => void)[] = [];
  sessionCount = 1;
  isAway = false;
  /** Called with each control message; undefined: no service has ever run, the control topic is missing. */
  onControl: ((payload: Uint8Array) => void) | undefined;
  /** Polls of this stream find nothing for the moment. */
  slowStream: string | undefined;
  pollCount = 0;
  controlCount = 0;
  /** Polls that were answered and whose memory was not given back. */
  heldCount = 0;
  /** When the next records are stored. */
  nowMicros = 0;
  /** Records below it are gone, as by retention. */
  readonly #firstOffsets = new Map<string, number>();

  append(place: PartitionPlace, payload: Uint8Array, id: readonly number[] = NO_ID): number {
    const key = keyOf(place);
    const records = this.#partitions.get(key) ?? [];
    this.#partitions.set(key, records);
    records.push({ payload, id, storedMicros: this.nowMicros });
    return records.length - 1;
  }

  /** Deletes what stands before an offset, as retention does. */
  expire(place: PartitionPlace, firstOffset: number): void {
    this.#firstOffsets.set(keyOf(place), firstOffset);
  }

  firstOffset(place: PartitionPlace): number {
    return this.#firstOffsets.get(keyOf(place)) ?? 0;
  }

  endOffset(place: PartitionPlace): number {
    return this.#partitions.get(keyOf(place))?.length ?? 0;
  }

  read(place: PartitionPlace): readonly Uint8Array[] | undefined {
    return this.records(place)?.map(({ payload }) => payload);
  }

  records(place: PartitionPlace): readonly StoredRecord[] | undefined {
    return this.#partitions.get(keyOf(place));
  }

  /** All connections end; calls reject until {@link comeBack}. */
  goAway(): void {
    this.isAway = true;
    for (const listener of this.#listeners) listener(false);
  }

  comeBack({ isEmpty = false } = {}): void {
    if (isEmpty) {
      this.#partitions.clear();
      this.#firstOffsets.clear();
    }
    this.isAway = false;
    this.sessionCount++;
    for (const listener of this.#listeners) listener(true);
  }

  transport(): ImsTransport & { isClosed: boolean } {
    const broker = this;
    return {
      isClosed: false,
      get sessionCount() {
        return broker.sessionCount;
      },
      get isConnected() {
        return !broker.isAway;
      },
      async sendControl(payload) {
        broker.#assertThere();
        if (!broker.onControl) return false;
        broker.controlCount++;
        broker.onControl(payload);
        return true;
      },
      async poll(place, offset, countMax) {
        broker.#assertThere();
        broker.pollCount++;
        const records = place.stream === broker.slowStream ? [] : broker.records(place);
        if (!records) return undefined;
        const from = Math.max(offset, broker.firstOffset(place));
        broker.heldCount++;
        return new MemoryRecords(records.slice(from, from + countMax), from, () => broker.heldCount--);
      },
      async offsetAt(place, start) {
        broker.#assertThere();
        const first = broker.firstOffset(place);
        const found = broker
          .records(place)
          ?.findIndex(
            ({ storedMicros }, offset) =>
              offset >= first && (start.kind === "first" || storedMicros >= start.micros),
          );
        return found === -1 ? undefined : found;
      },
      async endOffset(place) {
        broker.#assertThere();
        return broker.endOffset(place);
      },
      onConnection(listener) {
        broker.#listeners.push(listener);
      },
      async close() {
        this.isClosed = true;
      },
    };
  }

  #assertThere(): void {
    if (this.isAway) throw new Error("the broker is away");
  }
}

export class MemoryRecords implements PolledRecords {
  #index = -1;
  offset = -1;
  readonly idStart = 3;
  /** Records stand behind foreign bytes, so that a reader that ignores the start fails. */
  readonly payloadStart = 24;
  payloadLength = 0;
  bytes = new Uint8Array(0);
  view = new DataView(this.bytes.buffer);

  constructor(
    private readonly records: readonly StoredRecord[],
    private readonly firstOffset: number,
    private readonly onRelease: () => void = () => undefined,
  ) {}

  #isReleased = false;

  /** Later looks at the bytes see nothing of them. */
  release(): void {
    if (this.#isReleased) return;
    this.#isReleased = true;
    this.bytes.fill(0xdd);
    this.onRelease();
  }

  next(): boolean {
    const record = this.records[++this.#index];
    if (!record) return false;
    const { payload, id } = record;
    this.offset = this.firstOffset + this.#index;
    this.payloadLength = payload.length;
    this.bytes = new Uint8Array(this.payloadStart + payload.length + 8).fill(0xee);
    this.bytes.set(payload, this.payloadStart);
    this.view = new DataView(this.bytes.buffer);
    for (const [word, value] of id.entries()) this.view.setUint32(this.idStart + 4 * word, value, true);
    return true;
  }
}

function keyOf({ stream, topic, partitionId }: PartitionPlace): string {
  return `${stream}/${topic}/${partitionId}`;
}
