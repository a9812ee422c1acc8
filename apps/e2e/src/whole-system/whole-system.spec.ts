import { afterAll, describe, expect, it } from "vitest";
import { MARKETS } from "./markets.js";
import { WholeSystem } from "./whole-system.js";

const system = new WholeSystem();
afterAll(() => system.end(), 60_000);

describe("broker, three services and ten clients as processes, killed in turn under load", () => {
  it("leaves every client with every trade once and in order, or told to be missing", {
    timeout: 600_000,
  }, async () => {
    const t0 = Date.now();
    const lap = (what: string) => console.log(what, Date.now() - t0);
    await system.start({ seed: 1, tradesPerSecond: 200 });
    lap("started");
    await system.killBroker();
    lap("broker");
    for (const plan of MARKETS) {
      await system.killService(plan);
      lap(plan.name);
    }
    await system.killReaders(system.readers.slice(0, 5));
    lap("readers");
    await system.killReaders(system.readers.slice(5));
    lap("readers");
    const accounts = await system.accounts();
    for (const [name, account] of accounts) console.log(name, JSON.stringify(account));
    for (const [name, { faults }] of accounts) expect(faults, name).toEqual([]);
  });
});
