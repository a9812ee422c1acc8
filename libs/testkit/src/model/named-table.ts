import type { Identifier } from "@ims/iggy-protocol";

export interface NamedEntry {
  readonly id: number;
  name: string;
}

/** Streams, topics or groups: found by number or by name, each new one takes a number. */
export class NamedTable<Entry extends NamedEntry> {
  private readonly entries = new Map<number, Entry>();
  private nextId = 0;

  /** @param reuseIds the lowest free number is taken; otherwise numbers only count up */
  constructor(private readonly reuseIds: boolean) {}

  get all(): Entry[] {
    return [...this.entries.values()].sort((a, b) => a.id - b.id);
  }

  find(identifier: Identifier): Entry | undefined {
    if (typeof identifier === "number") return this.entries.get(identifier);
    for (const entry of this.entries.values()) if (entry.name === identifier) return entry;
    return undefined;
  }

  add(make: (id: number) => Entry): Entry {
    let id = this.nextId;
    if (this.reuseIds) for (id = 0; this.entries.has(id); id++);
    this.nextId = Math.max(this.nextId, id + 1);
    const entry = make(id);
    this.entries.set(id, entry);
    return entry;
  }

  remove(entry: Entry): void {
    this.entries.delete(entry.id);
  }
}
