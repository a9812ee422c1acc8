import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SimulatedClock } from "@ims/common";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { sharedWeightBudget } from "./shared-budget.js";
import { RequestPriority, WeightBudget } from "./weight-budget.js";
import { FileWeightLedger } from "./weight-ledger.js";

const { BackFill, Books, Lists } = RequestPriority;
const MINUTE_MILLIS = 60_000;

interface Sent {
  readonly atMillis: number;
  readonly weight: number;
}

function heaviestMinute(sent: readonly Sent[]): number {
  let heaviest = 0;
  for (const { atMillis } of sent) {
    const within = sent.filter((one) => one.atMillis > atMillis - MINUTE_MILLIS && one.atMillis <= atMillis);
    heaviest = Math.max(
      heaviest,
      within.reduce((sum, { weight }) => sum + weight, 0),
    );
  }
  return heaviest;
}

let clock: SimulatedClock;

beforeEach(() => {
  clock = new SimulatedClock();
});

describe("WeightBudget", () => {
  it("never lets more through in any minute than it may, and lets everything through in the end", async () => {
    const request = fc.record({
      pauseMillis: fc.integer({ min: 0, max: 9000 }),
      weight: fc.integer({ min: 1, max: 50 }),
      priority: fc.constantFrom(Books, BackFill, Lists),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(request, { maxLength: 40 }), async (requests) => {
        clock = new SimulatedClock();
        const budget = new WeightBudget({ clock, weightMax: 100 });
        const sent: Sent[] = [];
        for (const { pauseMillis, priority, weight } of requests) {
          await clock.advance(pauseMillis);
          budget.acquire({ weight, priority }).then(
            () => sent.push({ atMillis: clock.monotonicMillis(), weight }),
            () => {},
          );
        }
        await clock.advance(requests.length * MINUTE_MILLIS);
        expect(sent).toHaveLength(requests.length);
        expect(heaviestMinute(sent)).toBeLessThanOrEqual(100);
        expect(clock.pendingTimerCount).toBe(0);
      }),
      { numRuns: 30 },
    );
  });

  it("serves books before back-fill before lists, each in the order of asking", async () => {
    const budget = new WeightBudget({ clock, weightMax: 10 });
    await budget.acquire({ weight: 10, priority: Lists });
    const served: string[] = [];
    const asked = [
      ["list", Lists],
      ["fill 1", BackFill],
      ["book", Books],
      ["fill 2", BackFill],
    ] as const;
    const all = asked.map(async ([name, priority]) => {
      await budget.acquire({ weight: 10, priority });
      served.push(name);
    });
    await clock.advance(4 * MINUTE_MILLIS);
    await Promise.all(all);
    expect(served).toEqual(["book", "fill 1", "fill 2", "list"]);
  });

  it("counts what the venue reports beyond its own sum as used by others", async () => {
    const budget = new WeightBudget({ clock, weightMax: 100 });
    await budget.acquire({ weight: 10, priority: Lists });
    budget.observe(95);
    expect(budget.usedWeight).toBe(95);
    budget.observe(Number.NaN);
    let sent = false;
    const waiting = budget.acquire({ weight: 6, priority: Books }).then(() => {
      sent = true;
    });
    await clock.advance(MINUTE_MILLIS - 1);
    expect(sent).toBe(false);
    await clock.advance(1);
    await waiting;
  });

  it("sends nothing during a pause, and a caller that gives up takes nothing", async () => {
    const budget = new WeightBudget({ clock, weightMax: 10 });
    budget.block(5000);
    expect(budget.blockedMillis).toBe(5000);
    const abort = new AbortController();
    const given = expect(budget.acquire({ weight: 10, priority: Books }, abort.signal)).rejects.toThrow(
      "enough",
    );
    const waiting = budget.acquire({ weight: 10, priority: Lists });
    abort.abort(new Error("enough"));
    await given;
    await clock.advance(4999);
    expect([budget.waitingCount, budget.usedWeight]).toEqual([1, 0]);
    await clock.advance(1);
    await waiting;
    expect(clock.pendingTimerCount).toBe(0);
  });

  it("refuses a weight that never fits", async () => {
    const budget = new WeightBudget({ clock, weightMax: 10 });
    await expect(budget.acquire({ weight: 11, priority: Books })).rejects.toThrow("never fits");
    expect(() => new WeightBudget({ clock, weightMax: 0 })).toThrow("at least 1");
  });

  it("is one per group and clock", () => {
    const one = sharedWeightBudget("futures", { clock, weightMax: 2400 });
    expect(sharedWeightBudget("futures", { clock, weightMax: 2000 })).toBe(one);
    expect(one.weightMax).toBe(2000);
    expect(sharedWeightBudget("spot", { clock, weightMax: 6000 })).not.toBe(one);
    expect(sharedWeightBudget("futures", { clock: new SimulatedClock(), weightMax: 1 })).not.toBe(one);
  });
});

describe("FileWeightLedger", () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "ims-ledger-"));
  });

  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const failures: unknown[] = [];
  const ledger = (owner: string) =>
    new FileWeightLedger(folder, "venue.example", owner, (error) => failures.push(error));

  it("keeps several processes together within the limit, whoever asks when", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({
            process: fc.integer({ min: 0, max: 2 }),
            weight: fc.integer({ min: 1, max: 40 }),
            pauseMillis: fc.integer({ min: 0, max: 8000 }),
          }),
          { maxLength: 25 },
        ),
        async (requests) => {
          rmSync(folder, { recursive: true, force: true });
          clock = new SimulatedClock();
          const budgets = ["a", "b", "c"].map(
            (owner) => new WeightBudget({ clock, weightMax: 100, ledger: ledger(owner) }),
          );
          const sent: Sent[] = [];
          for (const { pauseMillis, process, weight } of requests) {
            await clock.advance(pauseMillis);
            budgets[process]!.acquire({ weight, priority: Books }).then(
              () => sent.push({ atMillis: clock.monotonicMillis(), weight }),
              () => {},
            );
          }
          await clock.advance(requests.length * 2 * MINUTE_MILLIS);
          expect(sent).toHaveLength(requests.length);
          expect(heaviestMinute(sent)).toBeLessThanOrEqual(100);
        },
      ),
      { numRuns: 15 },
    );
    expect(failures).toEqual([]);
  });

  it("passes a pause on to the other processes", async () => {
    const one = new WeightBudget({ clock, weightMax: 100, ledger: ledger("a") });
    const other = new WeightBudget({ clock, weightMax: 100, ledger: ledger("b") });
    one.block(30_000);
    one.block(10_000);
    expect(other.blockedMillis).toBe(30_000);
    await clock.advance(30_000);
    await other.acquire({ weight: 1, priority: Books });
  });

  it("removes the files of windows that are over", async () => {
    const budget = new WeightBudget({ clock, weightMax: 100, ledger: ledger("a") });
    for (let minute = 0; minute < 5; minute++) {
      await budget.acquire({ weight: 1, priority: Books });
      await clock.advance(MINUTE_MILLIS);
    }
    expect(readdirSync(folder)).toHaveLength(2);
  });

  it("tells once of a folder that cannot be used, and lets requests through", async () => {
    const file = join(folder, "file");
    writeFileSync(file, "");
    const told: unknown[] = [];
    const broken = new FileWeightLedger(file, "x", "a", (error) => told.push(error));
    const budget = new WeightBudget({ clock, weightMax: 100, ledger: broken });
    await budget.acquire({ weight: 1, priority: Books });
    await budget.acquire({ weight: 1, priority: Books });
    expect(told).toHaveLength(1);
  });
});
