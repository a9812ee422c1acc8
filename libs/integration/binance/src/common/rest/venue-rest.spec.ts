import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SimulatedClock } from "@ims/common";
import { RequestPriority } from "@ims/integration-kit";
import { describe, expect, it } from "vitest";
import { silentLogger } from "../../spec-support/silent-logger.js";
import { BINANCE_MARKETS } from "../market/markets.js";
import type { BinanceOptions } from "../settings/binance-options.js";
import { VenueRest } from "./venue-rest.js";

const MARKETS = BINANCE_MARKETS;
const COST = { weight: 2000, priority: RequestPriority.Lists };

function create(name: keyof typeof MARKETS, clock: SimulatedClock, options: BinanceOptions = {}): VenueRest {
  const market = MARKETS[name];
  const transport = async () => ({ status: 200, headers: {}, body: Buffer.from('{"serverTime":1}') });
  return new VenueRest(
    market,
    market.production,
    { transport, ...options },
    { clock, logger: silentLogger, random: Math.random },
  );
}

describe("VenueRest", () => {
  it("shares one weight between USD-M and COIN-M, and none with spot", async () => {
    const clock = new SimulatedClock();
    const [usd, coin, spot] = [
      create("usd-future", clock),
      create("coin-future", clock),
      create("spot", clock),
    ];
    await usd.http.get("/x", undefined, COST);
    expect([usd, coin, spot].map(({ status }) => status.usedWeight)).toEqual([2000, 2000, 0]);
    let answered = false;
    const waiting = coin.http.get("/x", undefined, COST).then(() => {
      answered = true;
    });
    await clock.advance(59_999);
    expect(answered).toBe(false);
    await clock.advance(1);
    await waiting;
  });

  it("takes the limit from exchangeInfo and leaves a tenth of it unused", () => {
    const rest = create("spot", new SimulatedClock());
    expect(rest.status.weightMax).toBe(5400);
    const limit = { rateLimitType: "REQUEST_WEIGHT", interval: "MINUTE", intervalNum: 1, limit: 1200 };
    rest.readLimits({ rateLimits: [{ ...limit, rateLimitType: "ORDERS", limit: 1 }, limit] });
    expect(rest.status.weightMax).toBe(1080);
    for (const body of [{}, { rateLimits: 7 }, { rateLimits: [{ ...limit, limit: "?" }] }])
      rest.readLimits(body);
    expect(rest.status.weightMax).toBe(1080);
  });

  it("shares the weight with other processes of the host through a folder", async () => {
    const ledgerFolder = mkdtempSync(join(tmpdir(), "ims-weight-"));
    try {
      // Each clock stands for a process: nothing else is shared.
      const clocks = [new SimulatedClock(), new SimulatedClock()];
      const [one, other] = clocks.map((clock) => create("usd-future", clock, { ledgerFolder }));
      await one!.http.get("/x", undefined, COST);
      let answered = false;
      const waiting = other!.http.get("/x", undefined, COST).then(() => {
        answered = true;
      });
      await clocks[1]!.advance(59_000);
      expect(answered).toBe(false);
      await clocks[1]!.advance(1000);
      await waiting;
    } finally {
      rmSync(ledgerFolder, { recursive: true, force: true });
    }
  });
});
