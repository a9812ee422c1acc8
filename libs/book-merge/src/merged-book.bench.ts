import { fileURLToPath } from "node:url";
import { BookLevels } from "@ims/common";
import type { ScaledLevels } from "@ims/order-book";
import { MergedBook } from "./merged-book.js";
import { VenueBook } from "./venue-book.js";

export interface MergeFigures {
  /** Levels of each venue's change on each side. */
  readonly levels: number;
  /** Changes applied and merged a second of processor time. */
  readonly updatesPerSecond: number;
}

const VENUES = 3;
const DEPTH = 20;
const BOOK_LEVELS = 1000;
const CHANGES = 256;
const MIDDLE = 6_150_000;
const ROUNDS = 4;

/** Every change of one of three venues is applied and merged at once; two venues have coarser scales than the third. */
export function benchMerge(updateCount: number): MergeFigures[] {
  return [1, 5, 20].map((levels) => {
    const venues = Array.from({ length: VENUES }, (_, index) => venueOf(index));
    const merged = new MergedBook("BTCUSDT", venues, { depth: DEPTH });
    const changes = Array.from({ length: CHANGES }, (_, index) => changeOf(levels, index));
    let best = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const startedAt = process.cpuUsage();
      for (let index = 0; index < updateCount; index++) {
        venues[index % VENUES]!.change(changes[index % CHANGES]!, 0, index);
        merged.refresh();
      }
      const { user, system } = process.cpuUsage(startedAt);
      if (round > 0) best = Math.max(best, (updateCount * 1e6) / (user + system));
    }
    return { levels, updatesPerSecond: Math.round(best) };
  });
}

function venueOf(index: number): VenueBook {
  const venue = new VenueBook(`venue-${index}`);
  const book = emptyLevels(2);
  for (let level = 0; level < BOOK_LEVELS; level++) {
    book.bids.push(MIDDLE - 1 - level * 2, 0, 1000 + level, 0);
    book.asks.push(MIDDLE + 1 + level * 2, 0, 1000 + level, 0);
  }
  venue.replace(book, 0, 0, 0);
  // An empty change of a finer scale makes the whole book finer.
  if (index === 0) venue.change(emptyLevels(3), 0, 0);
  return venue;
}

/** Most near the top, three of ten remove. Deterministic. */
function changeOf(levels: number, seed: number): ScaledLevels {
  const change = emptyLevels(2);
  let state = seed * 2 + 1;
  const random = () => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return state / 0x80000000;
  };
  for (const [side, sign] of [[change.bids, -1] as const, [change.asks, 1] as const]) {
    const depths = new Set<number>();
    while (depths.size < levels) depths.add(Math.floor(200 * random() ** 3));
    for (const depth of [...depths].sort((left, right) => left - right)) {
      side.push(MIDDLE + sign * (1 + depth), 0, random() < 0.3 ? 0 : 1 + Math.floor(random() * 1e6), 0);
    }
  }
  return change;
}

function emptyLevels(priceScale: number) {
  return { priceScale, quantityScale: 5, bids: new BookLevels(), asks: new BookLevels() };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  console.table(benchMerge(Number(process.argv[2] ?? 200_000)));
}
