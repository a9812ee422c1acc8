import { afterEach, describe, expect, it } from "vitest";
import { Draws } from "../simulated-months/seeded.js";
import { MARKETS, type MarketPlan } from "./markets.js";
import { WholeSystem } from "./whole-system.js";

/** Rounds of random kills: one for so many seeds of a long run. */
const SEEDS_PER_ROUND = 500;
const roundCount = Math.ceil(Number(process.env.IMS_SEEDS ?? 0) / SEEDS_PER_ROUND);
const seed = Number(process.env.IMS_SEED ?? 1);
const ROUND_MILLIS = 60_000;

let system: WholeSystem;
afterEach(() => system.end(), 60_000);

/** Every client has every trade once and in order, or was told that it is missing. */
async function expectAllAccounted(): Promise<void> {
  const accounts = await system.accounts();
  expect(accounts.size).toBeGreaterThan(0);
  const totals = { tradeCount: 0, backFilledCount: 0, toldCount: 0 };
  for (const account of accounts.values()) {
    expect(account.tradeCount).toBeGreaterThan(0);
    totals.tradeCount += account.tradeCount;
    totals.backFilledCount += account.backFilledCount;
    totals.toldCount += account.toldCount;
  }
  if (process.env.IMS_SEEDS) console.log(Object.fromEntries(system.killCounts), totals);
  const faults = [...accounts].flatMap(([name, account]) =>
    account.faults.map((fault) => `${name}: ${fault}`),
  );
  expect(faults, system.output).toEqual([]);
}

describe("broker, three services and ten clients as processes, killed under load", () => {
  it("each in turn: every client has every trade once, or is told that it is missing", {
    timeout: 300_000,
  }, async () => {
    system = new WholeSystem();
    await system.start({ seed, tradesPerSecond: 200 });
    const [spot, coinFuture, usdFuture] = MARKETS;
    const readersOf = (plan: MarketPlan) => system.readers.filter((reader) => reader.plan === plan);
    await system.kill(["broker"]);
    await system.caughtUp();
    // A market without any client for longer than sessions last: its feeds end at the service.
    await system.kill([spot, ...readersOf(usdFuture)]);
    await system.caughtUp();
    await system.kill([coinFuture, readersOf(spot)[0]!]);
    await system.kill([usdFuture, readersOf(coinFuture)[0]!]);
    await system.caughtUp();
    await expectAllAccounted();
  });

  it.skipIf(roundCount === 0)(
    "several at a time, also while they recover",
    {
      timeout: 120_000 + roundCount * ROUND_MILLIS,
    },
    async () => {
      const draws = new Draws(seed);
      system = new WholeSystem();
      await system.start({ seed, tradesPerSecond: 500 });
      for (let round = 0; round < roundCount; round++) {
        const victims = new Set([draws.pick(system.victims)]);
        if (draws.chance(0.3)) victims.add("broker");
        if (draws.chance(0.5)) victims.add(draws.pick(MARKETS));
        while (draws.chance(0.5)) victims.add(draws.pick(system.readers));
        await system.kill([...victims]);
        // Half of the kills hit processes that are not yet back.
        if (draws.chance(0.5)) await system.caughtUp();
      }
      await system.caughtUp();
      await expectAllAccounted();
    },
  );
});
