import { readFile } from "node:fs/promises";
import type { Child } from "../support/child.js";
import type { MarketPlan } from "./markets.js";
import type { ProcessGroup } from "./process-group.js";

/** A line of a reader's journal; which fields there are depends on its kind. */
export interface JournalEntry {
  readonly kind: "trade" | "gap" | "missed" | "began" | "retry" | "malformed" | "lost" | "error" | "end";
  readonly symbol: string;
  readonly tradeId: number;
  readonly price: string;
  readonly quantity: string;
  readonly eventMicros: number;
  readonly flags: readonly string[];
  readonly reason: string;
  readonly fromId: number | null;
  readonly toId: number | null;
  readonly fromMicros: number | null;
  readonly toMicros: number | null;
  readonly message: string;
  readonly duplicatesSkipped: number;
}

export interface ReaderOptions {
  readonly url: string;
  readonly clientId: number;
  readonly journal: string;
}

/** A client in a process of its own, which is killed and started again and goes on with its journal. */
export class Reader {
  #child: Child;
  #last: Readonly<Record<string, number>> = {};
  readonly #watchers = new Set<() => void>();

  constructor(
    private readonly processes: ProcessGroup,
    readonly plan: MarketPlan,
    private readonly options: ReaderOptions,
  ) {
    this.#child = this.#spawn();
  }

  get clientId(): number {
    return this.options.clientId;
  }

  /** kill -9; {@link start} goes on. */
  async kill(): Promise<void> {
    await this.processes.kill(this.#child);
    this.#last = {};
  }

  start(): void {
    this.#child = this.#spawn();
  }

  /** Resolves when it has a trade of each symbol with this id or a later one. */
  async reached(ids: Readonly<Record<string, number>>): Promise<void> {
    while (!this.plan.symbols.every((symbol) => (this.#last[symbol] ?? 0) >= (ids[symbol] ?? 1))) {
      await new Promise<void>((resolve) => this.#watchers.add(resolve));
    }
  }

  /** Lets it read the gap ledger to its end, log out and end; returns everything it wrote. */
  async finish(): Promise<readonly JournalEntry[]> {
    this.processes.dismiss(this.#child);
    this.#child.send({ end: true });
    const end = await this.#child.exited;
    if (end !== 0) throw new Error(`reader ${this.clientId} ended with ${end}:\n${this.#child.errors}`);
    return this.entries();
  }

  async entries(): Promise<readonly JournalEntry[]> {
    const text = await readFile(this.options.journal, "utf8");
    const lines = text.slice(0, text.lastIndexOf("\n")).split("\n");
    return lines.map((line) => JSON.parse(line) as JournalEntry);
  }

  #spawn(): Child {
    const { url, clientId, journal } = this.options;
    const { exchange, symbols } = this.plan;
    const settings = JSON.stringify({ url, exchange, clientId, symbols, journal });
    return this.processes.start("apps/e2e/src/whole-system/reader.mjs", [settings], {}, (message) => {
      const { last } = message as { readonly last: Readonly<Record<string, number>> };
      this.#last = last;
      for (const wake of this.#watchers) wake();
      this.#watchers.clear();
    });
  }
}
