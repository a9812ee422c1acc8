type AnyListener = (...args: unknown[]) => void;

/** Event lists with typed arguments. A listener that throws is reported and disturbs no other. */
export class Listeners<Events extends { [Name in keyof Events]: unknown[] }> {
  private readonly lists = new Map<keyof Events, Set<AnyListener>>();

  /** @param onFault called with what a listener threw */
  constructor(private readonly onFault: (error: unknown) => void) {}

  /** Returns a function that ends the subscription. */
  on<Name extends keyof Events>(name: Name, listener: (...args: Events[Name]) => void): () => void {
    const stored = listener as unknown as AnyListener;
    const list = this.lists.get(name) ?? new Set<AnyListener>();
    this.lists.set(name, list);
    list.add(stored);
    return () => void list.delete(stored);
  }

  emit<Name extends keyof Events>(name: Name, ...args: Events[Name]): void {
    for (const listener of [...(this.lists.get(name) ?? [])]) {
      try {
        listener(...args);
      } catch (error) {
        this.onFault(error);
      }
    }
  }
}
