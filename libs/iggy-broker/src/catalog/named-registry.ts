import type { Identifier } from "@ims/iggy-protocol";

/** Something with a number and a name, both unique among its siblings. */
export interface Named {
  readonly id: number;
  name: string;
}

/** Siblings by number and by name. Numbers are reused: the next one is the lowest that is free. */
export class NamedRegistry<Entry extends Named> {
  private readonly byId = new Map<number, Entry>();
  private readonly byName = new Map<string, Entry>();

  get count(): number {
    return this.byId.size;
  }

  /** A number is matched against ids only, a text against names only. */
  find(identifier: Identifier): Entry | undefined {
    return typeof identifier === "number" ? this.byId.get(identifier) : this.byName.get(identifier);
  }

  lowestFreeId(): number {
    let id = 0;
    while (this.byId.has(id)) id++;
    return id;
  }

  add(entry: Entry): void {
    this.byId.set(entry.id, entry);
    this.byName.set(entry.name, entry);
  }

  rename(entry: Entry, name: string): void {
    this.byName.delete(entry.name);
    entry.name = name;
    this.byName.set(name, entry);
  }

  remove(entry: Entry): void {
    this.byId.delete(entry.id);
    this.byName.delete(entry.name);
  }

  /** In order of id. */
  sorted(): Entry[] {
    return [...this.byId.values()].sort((left, right) => left.id - right.id);
  }
}
