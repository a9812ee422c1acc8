import { DataType, RecordFlags, SimulatedClock } from "@ims/common";
import { describe, expect, it } from "vitest";
import { FakeWires } from "../../spec-support/fake-wires.js";
import { RecordingSink } from "../../spec-support/recording-sink.js";
import { silentLogger } from "../../spec-support/silent-logger.js";
import { SPOT_MARKET } from "../../spot/spot-market.js";
import { BinanceIntegration } from "../integration/binance-integration.js";

const SYMBOLS = ["BTCUSDT", "ETHUSDT", "BNBUSDT"];
const DAY_MILLIS = SPOT_MARKET.connectionLifeMillis;
const runs = Number(process.env.IMS_SEEDS ?? 10);
const TRADES = { dataType: DataType.Trade };

/** Uniform in [0, 1), the same for the same seed. */
function seeded(seed: number): () => number {
  let state = (seed * 2_654_435_761 + 1) >>> 0;
  return () => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x6d2b79f5) >>> 0;
    state = (state ^ (state >>> 12)) >>> 0;
    return state / 2 ** 32;
  };
}

interface Run {
  readonly seed: number;
  /** Age at which the venue ends connections. */
  readonly lifeMillis: number;
  /** The venue announces its shutdown and closes so much later; undefined: connections end at their age. */
  readonly closesAfterMillis?: number;
  /** Between bursts of traffic, apart from the time around the replacement. */
  readonly restMillis: number;
}

async function run({ closesAfterMillis, lifeMillis, restMillis, seed }: Run): Promise<void> {
  const random = seeded(seed);
  const clock = new SimulatedClock();
  const sink = new RecordingSink();
  const venue = new FakeWires({ clock, random, symbols: SYMBOLS, connectionLifeMillis: lifeMillis });
  const { dial, transport } = venue;
  const integration = new BinanceIntegration(
    { ...SPOT_MARKET, connectionLifeMillis: lifeMillis },
    SPOT_MARKET.testnet,
    { dial, transport },
    { sink, clock, random, logger: silentLogger },
  );
  await integration.start(TRADES, SYMBOLS);
  await clock.advance(1000);
  const traffic = async (millis: number) => {
    for (const end = clock.monotonicMillis() + millis; clock.monotonicMillis() < end; ) {
      const symbol = SYMBOLS[Math.floor(random() * SYMBOLS.length)]!;
      for (let burst = Math.floor(random() * 4); burst >= 0; burst--) venue.trade(symbol);
      venue.closeOld();
      await clock.advance(1 + random() * 40);
    }
  };
  await traffic(500);
  if (closesAfterMillis === undefined) {
    for (const { dialCount } = venue; venue.dialCount === dialCount; ) {
      await traffic(100);
      await clock.advance(restMillis);
    }
    await traffic(8000);
  } else {
    const [old] = venue.wires;
    venue.broadcast({ stream: "!serverShutdown", data: { e: "serverShutdown", E: 1 } });
    await traffic(closesAfterMillis);
    venue.end(old!);
    await traffic(8000);
  }
  await clock.advance(2000);
  await integration.shutdown();
  await clock.advance(1000);
  expect(venue.wires.size).toBe(0);
  expect(clock.pendingTimerCount).toBe(0);
  expect(venue.busiestSecond).toBeLessThanOrEqual(SPOT_MARKET.controlMessagesPerSecond);
  // An end that comes before its announcement has arrived is a plain loss, and is made good over REST.
  if (closesAfterMillis === undefined || closesAfterMillis >= 1000) {
    expect(integration.status().handOverCount).toBeGreaterThanOrEqual(1);
  }
  expect(sink.gaps.pendingCount, "gaps").toBe(0);
  await expectEachOnce(sink, venue);
}

async function expectEachOnce(sink: RecordingSink, venue: FakeWires): Promise<void> {
  const next = new Map<number, number>();
  while (sink.trades.pendingCount > 0) {
    const { flags, instrumentId, tradeId } = await sink.trades.next();
    const expected = next.get(instrumentId);
    if (expected !== undefined) expect(tradeId).toBe(expected);
    next.set(instrumentId, tradeId + 1);
    expect(flags & RecordFlags.Late).toBe(0);
  }
  const ends = SYMBOLS.map((_, index) => next.get(index + 1)! - 1);
  expect(ends).toEqual(SYMBOLS.map((symbol) => venue.lastIds.get(symbol)));
}

describe("hand-over of a connection under traffic", () => {
  it(`loses and doubles nothing when the venue announces its shutdown, ${runs} runs`, async () => {
    for (let seed = 1; seed <= runs; seed++) {
      await run({ seed, lifeMillis: DAY_MILLIS, closesAfterMillis: (seed % 40) * 100, restMillis: 0 });
    }
  }, 600_000);

  it(`loses and doubles nothing when connections are replaced for their age, ${runs} runs`, async () => {
    for (let seed = 1; seed <= runs; seed++) await run({ seed, lifeMillis: 20_000, restMillis: 0 });
  }, 600_000);

  it("replaces a connection before its 24 hours are over", async () => {
    await run({ seed: 1, lifeMillis: DAY_MILLIS, restMillis: 1_200_000 });
  }, 120_000);
});
