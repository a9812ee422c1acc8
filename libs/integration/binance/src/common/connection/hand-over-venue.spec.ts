import { DataType, RecordFlags, SimulatedClock } from "@ims/common";
import { openInProcessVenue } from "@ims/exchange-simulator";
import { describe, expect, it } from "vitest";
import { RecordingSink } from "../../spec-support/recording-sink.js";
import { silentLogger } from "../../spec-support/silent-logger.js";
import { BinanceIntegration } from "../integration/binance-integration.js";
import type { BinanceMarketName, BinanceTradesChannel } from "../market/binance-market.js";
import { BINANCE_MARKETS } from "../market/markets.js";

const NAMES: readonly BinanceMarketName[] = ["spot", "usd-future", "coin-future"];
const runs = Number(process.env.IMS_SEEDS ?? 6);

interface Run {
  readonly seed: number;
  readonly market: BinanceMarketName;
  readonly tradesChannel: BinanceTradesChannel;
  /** Age at which the venue ends connections; they are replaced at half of it. */
  readonly lifeMillis: number;
  /** The venue announces its shutdown and closes so much later; undefined: connections end at their age. */
  readonly leadMillis?: number;
  readonly seconds: number;
  /** Default: 5 to 65, by the seed. */
  readonly tradesPerSecond?: number;
}

/** Uniform in [0, 1), the same for the same seed. */
function seeded(seed: number): () => number {
  let state = Math.imul(seed, 0x9e3779b1) >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Traffic on both connections of a hand-over, each with delays of its own; then all that came against the truth. */
async function handOver(run: Run): Promise<void> {
  const { leadMillis, lifeMillis, market, seconds, seed, tradesChannel } = run;
  const random = seeded(seed);
  const { tradesPerSecond = 5 + 60 * random() } = run;
  // A day is sent in larger portions.
  const timerMillis = seconds > 3600 ? 1000 : 5;
  const clock = new SimulatedClock();
  const sink = new RecordingSink();
  const venue = await openInProcessVenue({
    market,
    clock,
    source: { kind: "synthetic", seed, symbols: 3, tradesPerSecond, bookLevels: 20, timerMillis },
    latencyMillis: Math.floor(80 * random()),
    limits: { connectionLifeMillis: lifeMillis },
    faults: { seed, rules: [{ fault: "delay", millis: 1 + Math.floor(600 * random()), chance: 0.02 }] },
  });
  const description = BINANCE_MARKETS[market];
  const integration = new BinanceIntegration(
    { ...description, connectionLifeMillis: lifeMillis },
    description.production,
    {
      dial: venue.dial,
      tradesChannel,
      transport: async (url, headers) => {
        const { body, ...answer } = await venue.request("GET", `${url.pathname}${url.search}`, headers);
        return { ...answer, body: Buffer.from(body) };
      },
    },
    { sink, clock, random, logger: silentLogger },
  );
  await integration.start({ dataType: DataType.Trade }, venue.symbols);
  await integration.start({ dataType: DataType.Book }, venue.symbols);
  await clock.advance(5000);
  if (leadMillis !== undefined) venue.inject({ fault: "server-shutdown", atMillis: 0, leadMillis });
  await clock.advance(seconds * 1000);
  venue.clearFaults();
  await clock.advance(5000);
  const made = venue.symbols.map((symbol) => {
    const { lastTradeId } = venue.truth(symbol);
    const [truth] = venue.trades(symbol, lastTradeId, lastTradeId);
    return tradesChannel === "trade" ? lastTradeId : truth!.aggregateId!;
  });
  await clock.advance(1000);
  const { handOverCount, reconnectCount } = integration.status();
  const down = integration.shutdown();
  await clock.advance(1000);
  await down;
  // An end that comes before its announcement could be acted on is a plain loss, and is made good over REST.
  const inTime = leadMillis === undefined || leadMillis >= 8000;
  if (leadMillis === undefined || leadMillis >= 1000) expect(handOverCount, "hand-overs").toBeGreaterThan(0);
  if (inTime) expect(reconnectCount, "reconnections").toBe(0);
  const ids = new Map<number, number>();
  while (sink.trades.pendingCount > 0) {
    const { flags, instrumentId, tradeId } = await sink.trades.next();
    const last = ids.get(instrumentId);
    if (last !== undefined) expect(tradeId, "each trade once and in order").toBe(last + 1);
    ids.set(instrumentId, tradeId);
    if (inTime) expect(flags & (RecordFlags.BackFilled | RecordFlags.Late), "read again").toBe(0);
  }
  made.forEach((id, index) => {
    expect(ids.get(index + 1), "all up to the end").toBeGreaterThanOrEqual(id);
  });
  const gaps = [];
  while (sink.gaps.pendingCount > 0) gaps.push(await sink.gaps.next());
  if (inTime) expect(gaps).toEqual([]);
  else expect(gaps.filter(({ dataType }) => dataType === DataType.Trade)).toEqual([]);
  await venue.close();
  expect(clock.pendingTimerCount, "timers").toBe(0);
}

/** So that a failure names its run. */
async function each(run: Run): Promise<void> {
  try {
    await handOver(run);
  } catch (error) {
    throw new Error(`run ${JSON.stringify(run)}: ${error}`, { cause: error });
  }
}

function runOf(seed: number): Omit<Run, "lifeMillis" | "seconds"> {
  const tradesChannel = seed % 2 === 0 ? "trade" : "aggTrade";
  return { seed, market: NAMES[seed % NAMES.length]!, tradesChannel };
}

describe("hand-over of connections to the simulated venue, under traffic", () => {
  const timeout = 14_400_000;

  it(`loses and doubles nothing when connections near their end, ${runs} runs`, { timeout }, async () => {
    for (let seed = 1; seed <= runs; seed++) {
      await each({ ...runOf(seed), lifeMillis: 40_000, seconds: 35 });
    }
  });

  it(`loses and doubles nothing when the venue announces its shutdown, ${runs} runs`, {
    timeout,
  }, async () => {
    for (let seed = 1; seed <= runs; seed++) {
      const leadMillis = 50 + Math.floor(20_000 * (seed / runs) ** 2);
      const { tradesChannel } = runOf(seed);
      await each({ seed, market: "spot", tradesChannel, lifeMillis: 86_400_000, leadMillis, seconds: 30 });
    }
  });

  it("loses and doubles nothing over the venue's 24 hours", { timeout }, async () => {
    const life = { lifeMillis: 86_400_000, seconds: 86_400, tradesPerSecond: 0.05 };
    await each({ ...runOf(3), ...life });
  });
});
