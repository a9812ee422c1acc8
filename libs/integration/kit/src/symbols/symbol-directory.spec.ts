import { SimulatedClock, sleep } from "@ims/common";
import { describe, expect, it } from "vitest";
import { silentLogger } from "../spec-support/silent-logger.js";
import { SymbolDirectory, type SymbolDirectoryOptions } from "./symbol-directory.js";

const HOUR = 3_600_000;

function directory(clock: SimulatedClock, options: Partial<SymbolDirectoryOptions<number>> = {}) {
  let loadCount = 0;
  const load = async (signal: AbortSignal) => {
    loadCount++;
    await sleep(clock, 100, signal);
    return new Map([
      ["BTCUSDT", loadCount],
      ["ETHUSDT", loadCount],
    ]);
  };
  const made = new SymbolDirectory<number>({ clock, logger: silentLogger, load, ...options });
  return { directory: made, loadCount: () => loadCount };
}

describe("SymbolDirectory", () => {
  it("loads once for all who ask, and again before the list is too old", async () => {
    const clock = new SimulatedClock();
    const refreshed: number[] = [];
    const { directory: symbols, loadCount } = directory(clock, {
      onRefreshed: (entries) => refreshed.push(entries.get("BTCUSDT")!),
    });
    const both = Promise.all([symbols.entries(), symbols.entries()]);
    await clock.advance(100);
    expect((await both).map((entries) => entries.get("BTCUSDT"))).toEqual([1, 1]);
    expect(loadCount()).toBe(1);
    await clock.advance(2 * HOUR - 1);
    expect((await symbols.entries()).get("BTCUSDT")).toBe(2);
    expect(refreshed).toEqual([2]);
    symbols.close();
    expect(clock.pendingTimerCount).toBe(0);
  });

  it("waits for a list no longer than told", async () => {
    const clock = new SimulatedClock();
    const never = directory(clock, {
      load: (signal) => sleep(clock, 99 * HOUR, signal).then(() => new Map()),
    });
    const given = expect(never.directory.entriesWithin(5000)).rejects.toMatchObject({
      code: "venue.unreachable",
    });
    await clock.advance(5000);
    await given;
    never.directory.close();
    await clock.advance(0);
    expect(clock.pendingTimerCount).toBe(0);
  });

  it("falls back on an older list when the venue does not answer", async () => {
    const clock = new SimulatedClock();
    let isDown = false;
    const { directory: symbols } = directory(clock, {
      load: async (signal) => {
        if (isDown) await sleep(clock, 99 * HOUR, signal);
        return new Map([["BTCUSDT", 7]]);
      },
    });
    await symbols.entries();
    isDown = true;
    await clock.advance(3 * HOUR);
    const given = symbols.entriesWithin(5000);
    await clock.advance(5000);
    expect((await given).get("BTCUSDT")).toBe(7);
    symbols.close();
  });

  it("refuses whoever waits when it is closed, and whoever comes later", async () => {
    const clock = new SimulatedClock();
    const { directory: symbols } = directory(clock);
    const waiting = expect(symbols.entries()).rejects.toMatchObject({ code: "venue.closed" });
    symbols.close();
    await waiting;
    await expect(symbols.entries()).rejects.toMatchObject({ code: "venue.closed" });
    expect(clock.pendingTimerCount).toBe(0);
  });

  it("gives up for one caller only when that one aborts", async () => {
    const clock = new SimulatedClock();
    const { directory: symbols } = directory(clock);
    const abort = new AbortController();
    const gaveUp = expect(symbols.entries(abort.signal)).rejects.toThrow("not any more");
    const stays = symbols.entries();
    abort.abort(new Error("not any more"));
    await gaveUp;
    await clock.advance(100);
    expect((await stays).size).toBe(2);
    symbols.close();
  });

  it("suggests near names", async () => {
    const clock = new SimulatedClock();
    const { directory: symbols } = directory(clock);
    expect(symbols.suggestions("BTCUSD")).toEqual([]);
    const loading = symbols.entries();
    await clock.advance(100);
    await loading;
    expect(symbols.suggestions("btcusdt")[0]).toBe("BTCUSDT");
    symbols.close();
  });

  it("reads the list again when told to, once for all who tell, and again for a change during a reading", async () => {
    const clock = new SimulatedClock();
    const { directory: symbols, loadCount } = directory(clock);
    symbols.renewWithin(0);
    await clock.advance(1000);
    expect(loadCount()).toBe(0);
    const first = symbols.entries();
    await clock.advance(100);
    await first;
    for (const millis of [5000, 3000, 9000]) symbols.renewWithin(millis);
    await clock.advance(2999);
    expect(loadCount()).toBe(1);
    await clock.advance(1);
    expect(loadCount()).toBe(2);
    symbols.renewWithin(500);
    await clock.advance(100);
    await clock.advance(499);
    expect(loadCount()).toBe(2);
    await clock.advance(1);
    expect(loadCount()).toBe(3);
    await clock.advance(100);
    await clock.advance(HOUR);
    expect(loadCount()).toBe(3);
    symbols.close();
    symbols.renewWithin(0);
    expect(clock.pendingTimerCount).toBe(0);
  });

  it("may be told to read again by who hears of a reading", async () => {
    const clock = new SimulatedClock();
    const { directory: symbols, loadCount } = directory(clock, {
      onRefreshed: () => symbols.renewWithin(1000),
    });
    const first = symbols.entries();
    await clock.advance(100);
    await first;
    symbols.renewWithin(0);
    await clock.advance(100);
    await clock.advance(1000);
    expect(loadCount()).toBe(3);
    symbols.close();
  });

  it("takes a change of one entry ahead of the next reading", async () => {
    const clock = new SimulatedClock();
    const { directory: symbols } = directory(clock);
    symbols.amend("BTCUSDT", 7);
    expect(symbols.known).toBeUndefined();
    const first = symbols.entries();
    await clock.advance(100);
    const read = await first;
    symbols.amend("BTCUSDT", 7);
    expect(symbols.known?.get("BTCUSDT")).toBe(7);
    expect(read.get("BTCUSDT")).toBe(1);
    symbols.close();
  });
});
