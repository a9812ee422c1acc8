import { fileURLToPath } from "node:url";
import { BookLevels } from "@ims/common";
import { OrderBook, type ScaledLevels } from "./order-book.js";

export interface BookFigures {
  /** Levels per side at the start. */
  readonly levels: number;
  /** Changes of 20 bids and 20 asks a second, the book alone. */
  readonly changesPerSecond: number;
}

const LEVELS_PER_SIDE = 20;
/** Few enough to stay in the cache, as the one object that a decoder fills does. */
const CHANGES = 256;
const MIDDLE = 6_150_000;

/** Applies `changeCount` changes a round to books of several sizes. */
export function benchBooks(changeCount: number): BookFigures[] {
  return [100, 1000, 5000].map((levels) => {
    const changes = Array.from({ length: CHANGES }, (_, index) => changeOf(levels, index));
    const book = new OrderBook();
    book.load(snapshotOf(levels), levels);
    let best = 0;
    for (let round = 0; round < 4; round++) {
      const startedAt = performance.now();
      for (let index = 0; index < changeCount; index++) book.apply(changes[index % CHANGES]!);
      if (round > 0) best = Math.max(best, (changeCount * 1000) / (performance.now() - startedAt));
    }
    return { levels, changesPerSecond: Math.round(best) };
  });
}

function snapshotOf(levels: number): ScaledLevels {
  const snapshot = emptyLevels();
  for (let index = 0; index < levels; index++) {
    snapshot.bids.push(MIDDLE - 1 - index * 2, 0, 1000 + index, 0);
    snapshot.asks.push(MIDDLE + 1 + index * 2, 0, 1000 + index, 0);
  }
  return snapshot;
}

/** Like a venue's: best first, most near the top and some deep, three of ten remove. Deterministic. */
function changeOf(levels: number, seed: number): ScaledLevels {
  const change = emptyLevels();
  let state = seed * 2 + 1;
  const random = () => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return state / 0x80000000;
  };
  for (const [side, sign] of [[change.bids, -1] as const, [change.asks, 1] as const]) {
    const depths = new Set<number>();
    while (depths.size < LEVELS_PER_SIDE) depths.add(Math.floor(levels * 2 * random() ** 3));
    for (const depth of [...depths].sort((left, right) => left - right)) {
      side.push(MIDDLE + sign * (1 + depth), 0, random() < 0.3 ? 0 : 1 + Math.floor(random() * 1e6), 0);
    }
  }
  return change;
}

function emptyLevels() {
  return { priceScale: 2, quantityScale: 5, bids: new BookLevels(), asks: new BookLevels() };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  console.table(benchBooks(Number(process.argv[2] ?? 500_000)));
}
