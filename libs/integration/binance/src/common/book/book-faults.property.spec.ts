import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BookReader } from "../../spec-support/book-reader.js";
import { BookStage, type DepthEvent, topFields } from "../../spec-support/book-stage.js";
import { sortedLevels, type TruthSnapshot, TruthVenue } from "../../spec-support/truth-venue.js";
import { futuresSequence, spotSequence } from "./sequence-rule.js";

/** Chances of each fault, per event or snapshot. */
interface Faults {
  readonly loss: number;
  readonly duplicate: number;
  readonly reorder: number;
  readonly replay: number;
  readonly stale: number;
  readonly late: number;
  readonly fail: number;
}

const STEPS = 150;
const CALM_STEPS = 700;
const STEP_MILLIS = 100;
const NO_FAULTS: Faults = { loss: 0, duplicate: 0, reorder: 0, replay: 0, stale: 0, late: 0, fail: 0 };

const chance = fc.constantFrom(0, 0, 0.02, 0.1, 0.4);
const faults: fc.Arbitrary<Faults> = fc.record({
  loss: chance,
  duplicate: chance,
  reorder: chance,
  replay: chance,
  stale: chance,
  late: chance,
  fail: chance,
});

/** A venue, its faulty network and one feed. */
class Run {
  readonly reader = new BookReader();
  readonly venue: TruthVenue;
  readonly stage: BookStage;
  /** Records that were good, and compared with the truth. */
  goodCount = 0;
  readonly #random: () => number;
  readonly #held: DepthEvent[] = [];
  readonly #sent: DepthEvent[] = [];
  readonly #answers: { readonly atStep: number; readonly snapshot: TruthSnapshot }[] = [];
  #step = 0;
  #answering = 0;

  constructor(
    kind: "spot" | "futures",
    seed: number,
    readonly sideLimit: number,
    readonly withTops: boolean,
  ) {
    this.#random = randomOf(seed);
    this.venue = new TruthVenue(kind, randomOf(seed + 1));
    this.stage = new BookStage(kind === "spot" ? spotSequence : futuresSequence, {
      random: this.#random,
      knownLevelsMin: 3,
      onCall: (call) => {
        this.reader.read(call);
        if (!this.reader.valid || this.reader.suspect) return;
        this.goodCount++;
        const difference = this.reader.difference(this.venue.at(this.reader.lastUpdateId));
        if (difference !== undefined) throw new Error(`${call.kind} ${difference}`);
        if (this.stage.feed.book.condition !== 0) throw new Error("a crossed book was published as good");
      },
    });
  }

  async step(faults: Faults): Promise<void> {
    this.#step++;
    this.venue.trade(4);
    this.#top(faults);
    this.#answer(faults);
    this.venue.trade(4);
    this.#top(faults);
    const event = this.venue.cut();
    if (event) this.#send(event, faults);
    await this.stage.pass(STEP_MILLIS);
  }

  #send(event: DepthEvent, faults: Faults): void {
    this.#sent.push(event);
    if (this.#happens(faults.loss)) return;
    if (this.#happens(faults.reorder)) {
      this.#held.push(event);
      return;
    }
    this.stage.depth(event);
    if (this.#happens(faults.duplicate)) this.stage.depth(event);
    if (this.#happens(faults.replay))
      this.stage.depth(this.#sent[Math.floor(this.#random() * this.#sent.length)]!);
    this.stage.depth(...this.#held.splice(0));
  }

  #answer(faults: Faults): void {
    while (this.stage.wanted > this.#answering) {
      this.#answering++;
      const id = this.#happens(faults.stale)
        ? this.venue.earlierId(Math.floor(this.#random() * 300))
        : this.venue.id;
      const delay = this.#happens(faults.late)
        ? Math.floor(this.#random() * 30)
        : Math.floor(this.#random() * 2);
      this.#answers.push({ atStep: this.#step + delay, snapshot: this.venue.snapshot(this.sideLimit, id) });
    }
    for (const answer of this.#answers.splice(0)) {
      if (answer.atStep > this.#step) {
        this.#answers.push(answer);
        continue;
      }
      this.#answering--;
      const { lastUpdateId, bids, asks } = answer.snapshot;
      if (this.#happens(faults.fail)) this.stage.fail("no answer");
      else this.stage.snapshot(lastUpdateId, bids, asks, this.sideLimit);
    }
  }

  #top(faults: Faults): void {
    if (!this.withTops || this.#happens(faults.loss)) return;
    const { bids, asks, id } = this.venue.at(this.venue.id);
    const [bid, ask] = [sortedLevels(bids, -1)[0], sortedLevels(asks, 1)[0]];
    if (!bid || !ask) return;
    const [b, B, a, A] = [...bid, ...ask].map(String) as [string, string, string, string];
    this.stage.feed.top(topFields({ u: id, b, B, a, A }));
  }

  #happens(rate: number): boolean {
    return this.#random() < rate;
  }
}

describe("a published book, whatever the network and the venue's snapshots do", () => {
  for (const kind of ["spot", "futures"] as const) {
    it(`equals the truth of ${kind} or is flagged or void, and recovers`, async () => {
      let goodCount = 0;
      await fc.assert(
        fc.asyncProperty(
          fc.integer({ min: 1, max: 1 << 30 }),
          faults,
          fc.constantFrom(10, 30, 1000),
          fc.boolean(),
          async (seed, rates, sideLimit, withTops) => {
            const run = new Run(kind, seed, sideLimit, withTops);
            for (let step = 0; step < STEPS; step++) await run.step(rates);
            // Pauses between requests have grown: calm has to last longer than the longest.
            let recovered = false;
            for (let step = 0; step < CALM_STEPS && !recovered; step++) {
              await run.step(NO_FAULTS);
              recovered = run.reader.valid && !run.reader.suspect && !run.stage.feed.isSuspect;
            }
            expect(recovered).toBe(true);
            goodCount += run.goodCount;
          },
        ),
        { numRuns: Number(process.env.IMS_SEEDS ?? 60) },
      );
      expect(goodCount).toBeGreaterThan(1000);
    });
  }
});

/** A small generator of whole periods; good enough to choose faults with. */
function randomOf(seed: number): () => number {
  let state = seed >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 0x100000000;
  };
}
