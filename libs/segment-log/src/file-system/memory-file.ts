const SECTOR_BYTES = 512;

type Change = { readonly position: number; readonly bytes: Uint8Array } | { readonly sizeBytes: number };

/** Content of one file: what readers see, what a loss of power is sure to leave, and the changes in between. */
export class MemoryFile {
  private current: Content;
  private durable: Content;
  private changes: Change[] = [];

  constructor(content?: Uint8Array) {
    this.current = new Content(content);
    this.durable = new Content(content);
  }

  bytes(): Uint8Array {
    return this.current.bytes();
  }

  write(position: number, bytes: Uint8Array): void {
    const kept = new Uint8Array(bytes);
    this.current.write(position, kept);
    this.changes.push({ position, bytes: kept });
  }

  truncate(sizeBytes: number): void {
    this.current.truncate(sizeBytes);
    this.changes.push({ sizeBytes });
  }

  sync(): void {
    for (const change of this.changes) apply(this.durable, change);
    this.changes = [];
  }

  /** No later sync, and no luck, makes the changes durable that were not synced. */
  giveUpUnsynced(): void {
    this.changes = [];
  }

  /** Unsynced changes survive, tear or vanish as `random` says: below 1/3 vanishes, below 2/3 tears, else survives. */
  crashed(random: () => number): MemoryFile {
    const content = new Content(this.durable.bytes());
    for (const change of this.changes) {
      const fate = random();
      if (fate < 1 / 3) continue;
      if (fate >= 2 / 3 || !("bytes" in change)) {
        apply(content, change);
        continue;
      }
      const sectorCount = Math.floor((change.bytes.length / SECTOR_BYTES) * random());
      const keptBytes =
        sectorCount === 0 ? Math.floor(change.bytes.length * random()) : sectorCount * SECTOR_BYTES;
      content.write(change.position, change.bytes.subarray(0, keptBytes));
    }
    return new MemoryFile(content.bytes());
  }
}

function apply(content: Content, change: Change): void {
  if ("bytes" in change) content.write(change.position, change.bytes);
  else content.truncate(change.sizeBytes);
}

class Content {
  private storage: Uint8Array;
  private sizeBytes: number;

  constructor(source: Uint8Array = new Uint8Array(0)) {
    this.storage = new Uint8Array(source);
    this.sizeBytes = source.length;
  }

  bytes(): Uint8Array {
    return this.storage.subarray(0, this.sizeBytes);
  }

  write(position: number, bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.grow(Math.max(this.sizeBytes, position + bytes.length));
    this.storage.set(bytes, position);
  }

  truncate(sizeBytes: number): void {
    if (sizeBytes < this.sizeBytes) this.storage.fill(0, sizeBytes, this.sizeBytes);
    this.grow(sizeBytes);
  }

  private grow(sizeBytes: number): void {
    if (sizeBytes > this.storage.length) {
      const larger = new Uint8Array(Math.max(sizeBytes, this.storage.length * 2));
      larger.set(this.bytes());
      this.storage = larger;
    }
    this.sizeBytes = sizeBytes;
  }
}
