/**
 * Events by name with typed arguments. Unlike Node's emitter, an event named `error` that nobody listens to is not
 * thrown: a feed must not end because a listener is missing.
 */
export class TypedEmitter<Events extends { [Name in keyof Events]: readonly unknown[] }> {
  readonly #listeners = new Map<keyof Events, Set<unknown>>();

  /** Calls `listener` at every such event; returns a function that ends it. Listeners must not throw. */
  on<Name extends keyof Events>(name: Name, listener: (...args: Events[Name]) => void): () => void {
    let listeners = this.#listeners.get(name);
    if (!listeners) {
      listeners = new Set();
      this.#listeners.set(name, listeners);
    }
    listeners.add(listener);
    return () => this.off(name, listener);
  }

  off<Name extends keyof Events>(name: Name, listener: (...args: Events[Name]) => void): void {
    this.#listeners.get(name)?.delete(listener);
  }

  emit<Name extends keyof Events>(name: Name, ...args: Events[Name]): void {
    const listeners = this.#listeners.get(name);
    if (!listeners) return;
    // Each set holds only what on() put in under the same name.
    for (const listener of [...listeners] as ((...args: Events[Name]) => void)[]) listener(...args);
  }
}
