import { DataType, SimulatedClock } from "@ims/common";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FakeIntegration } from "../spec-support/fake-integration.js";
import { silentLogger } from "../spec-support/silent-logger.js";
import type { Feed } from "./feed.js";
import { FeedRunner } from "./feed-runner.js";
import { SubscriptionTable } from "./subscription-table.js";

const A: Feed = { dataType: DataType.Trade, resolution: 0, symbol: "A" };
const B: Feed = { dataType: DataType.Trade, resolution: 0, symbol: "B" };
const BARS: Feed = { dataType: DataType.Bar, resolution: 1, symbol: "A" };

function setUp() {
  const table = new SubscriptionTable();
  const integration = new FakeIntegration();
  const clock = new SimulatedClock();
  const runner = new FeedRunner(table, integration, clock, silentLogger);
  return { table, integration, clock, runner };
}

function add(table: SubscriptionTable, clientId: number, feed: Feed) {
  table.add({ clientId, feed, delivery: 1, generation: 2 });
}

describe("FeedRunner", () => {
  it("starts with the first subscriber and stops with the last", async () => {
    const { table, integration, runner } = setUp();
    add(table, 100, A);
    add(table, 101, A);
    add(table, 100, B);
    add(table, 100, BARS);
    await runner.reconcile();
    expect(integration.calls).toEqual(["start trades A,B", "start bars A 1m"]);
    table.remove(100, A);
    await runner.reconcile();
    expect(integration.calls).toHaveLength(2);
    table.remove(101, A);
    table.remove(100, BARS);
    await runner.reconcile();
    expect(integration.calls.slice(2)).toEqual(["stop trades A", "stop bars A 1m"]);
  });

  it("reports a feed that the venue refused and tries it again", async () => {
    const { table, integration, runner } = setUp();
    integration.failNextStart = new Error("no");
    add(table, 100, A);
    const failures = await runner.reconcile();
    expect([...failures.keys()]).toEqual(["1:0:A"]);
    expect(runner.runningCount).toBe(0);
    expect((await runner.reconcile()).size).toBe(0);
    expect(integration.running).toEqual(new Set(["trades A"]));
  });

  it("does not wait longer than 3 s for a venue, and tries again what failed after that", async () => {
    const { table, integration, clock, runner } = setUp();
    const late = integration.holdNextStart();
    add(table, 100, A);
    const reconciling = runner.reconcile();
    await clock.advance(2999);
    expect(runner.hasWork).toBe(false);
    await clock.advance(1);
    expect((await reconciling).size).toBe(0);
    expect(runner.runningCount).toBe(1);
    late.reject(new Error("refused after all"));
    await clock.advance(999);
    expect(runner.hasWork).toBe(false);
    await clock.advance(1);
    expect(runner.hasWork).toBe(true);
    await runner.reconcile();
    expect(integration.running).toEqual(new Set(["trades A"]));
    expect(clock.pendingTimerCount).toBe(0);
  });

  it("finds the one feed that the venue refuses, and runs the others", async () => {
    const { table, integration, runner } = setUp();
    integration.refusesStart = (symbols) => symbols.includes("F5");
    for (let index = 0; index < 9; index++) add(table, 100, { ...A, symbol: `F${index}` });
    const failures = await runner.reconcile();
    expect([...failures.keys()]).toEqual(["1:0:F5"]);
    expect(integration.running.size).toBe(8);
    expect(runner.runningCount).toBe(8);
  });

  it("does not start what is held, until it is released", async () => {
    const { table, integration, runner } = setUp();
    runner.hold([A]);
    add(table, 100, A);
    add(table, 100, B);
    await runner.reconcile();
    expect(integration.running).toEqual(new Set(["trades B"]));
    runner.release([A]);
    await runner.reconcile();
    expect(integration.running).toEqual(new Set(["trades B", "trades A"]));
  });

  it("keeps a feed that could not be stopped on its list", async () => {
    const { table, integration, runner } = setUp();
    add(table, 100, A);
    await runner.reconcile();
    table.remove(100, A);
    integration.failNextStop = new Error("no");
    await runner.reconcile();
    expect(runner.runningCount).toBe(1);
    await runner.reconcile();
    expect(runner.runningCount).toBe(0);
    expect(integration.running.size).toBe(0);
  });

  it("runs exactly the wanted feeds after any sequence of changes", async () => {
    const step = fc.record({
      adds: fc.boolean(),
      clientId: fc.integer({ min: 100, max: 102 }),
      feed: fc.constantFrom(A, B, BARS),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(step, { maxLength: 6 }), { maxLength: 12 }), async (batches) => {
        const { table, integration, runner } = setUp();
        for (const batch of batches) {
          for (const { adds, clientId, feed } of batch) {
            if (adds) add(table, clientId, feed);
            else table.remove(clientId, feed);
          }
          await runner.reconcile();
          const wanted = table
            .wantedFeeds()
            .map(({ dataType, symbol }) =>
              dataType === DataType.Trade ? `trades ${symbol}` : `bars ${symbol} 1m`,
            );
          expect(integration.running).toEqual(new Set(wanted));
        }
      }),
      { numRuns: 100 },
    );
  });
});
