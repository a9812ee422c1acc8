import { DataType } from "@ims/common";
import { type BinanceMarketName, openInProcessVenue, RequestWeight } from "@ims/exchange-simulator";
import { type BinanceIntegration, createBinanceIntegration } from "@ims/integration-binance";
import { CheckingSink } from "./checking-sink.js";
import { type Scene, strike } from "./incidents.js";
import { RunReport } from "./report.js";
import { Draws } from "./seeded.js";
import { SkippingClock } from "./skipping-clock.js";
import { Subscriber } from "./subscriber.js";
import { VenueLine } from "./venue-line.js";
import { VenueLook } from "./venue-look.js";

const HOUR_MILLIS = 3_600_000;
/** Hours of a run, with how often: a part of a day, over the venue's 24 hours, weeks. */
const LENGTHS: readonly (readonly [share: number, least: number, most: number])[] = [
  [0.6, 2, 12],
  [0.97, 25, 40],
  [1, 100, 336],
];
const CALM_MILLIS = 45 * 60_000;
const MARKETS: readonly BinanceMarketName[] = ["spot", "usd-future", "coin-future"];
const WEIGHTS = { spot: 6000, "usd-future": 2400, "coin-future": 2400 } as const;

/** One run as its seed draws it. */
export interface MonthPlan {
  readonly seed: number;
  readonly market: BinanceMarketName;
  readonly tradesChannel: "trade" | "aggTrade";
  readonly symbolCount: number;
  readonly redundancy: number;
  readonly hours: number;
  readonly tradesPerSecond: number;
  readonly incidentsPerDay: number;
  readonly interval: "1m" | "5m" | "1h";
  /** Of the venue: what happens within is sent together. */
  readonly timerMillis: number;
  /** Whether what comes by the clock, and so makes the most work, is subscribed as well: tickers and mark prices. */
  readonly hasPacedTypes: boolean;
}

export interface MonthResult {
  readonly plan: MonthPlan;
  readonly report: RunReport;
  readonly incidentCount: number;
  readonly tradeCount: number;
  readonly backFilledCount: number;
  readonly gapIdCount: number;
  readonly recordCount: number;
  readonly booksCompared: number;
  readonly handOverCount: number;
  readonly reconnectCount: number;
  readonly requestCount: number;
}

/** Longer runs have fewer trades, so that each costs about the same. */
export function planOf(seed: number, hoursMax = Number.POSITIVE_INFINITY): MonthPlan {
  const draws = new Draws(seed);
  const kind = draws.unit();
  const [, least, most] = LENGTHS.find(([share]) => kind < share)!;
  const hours = Math.min(hoursMax, draws.logBetween(least, most));
  return {
    seed,
    market: MARKETS[seed % MARKETS.length]!,
    tradesChannel: draws.chance(0.6) ? "trade" : "aggTrade",
    symbolCount: draws.whole(1, 3),
    redundancy: draws.chance(0.2) ? 2 : 1,
    hours,
    tradesPerSecond: Math.min(5, draws.logBetween(0.3, 5) / hours),
    incidentsPerDay: (draws.logBetween(3, 60) * 24) / hours,
    interval: draws.pick(["1m", "5m", "1h"] as const),
    timerMillis: hours < 24 ? 20 : 500,
    hasPacedTypes: hours < 24 && draws.chance(0.5),
  };
}

/** Runs the plan on simulated time and checks it against the venue's truth. Throws nothing for what is wrong: see the report. */
export async function runMonth(plan: MonthPlan): Promise<MonthResult> {
  const { market, redundancy, seed, tradesChannel } = plan;
  const draws = new Draws(seed ^ 0x7f4a7c15);
  const clock = new SkippingClock();
  const report = new RunReport(seed, clock);
  report.note(JSON.stringify(plan));
  const venue = await openInProcessVenue({
    market,
    clock,
    source: {
      kind: "synthetic",
      seed,
      symbols: plan.symbolCount,
      tradesPerSecond: plan.tradesPerSecond,
      bookLevels: 20,
      bookUpdatesPerOrder: 1,
      historyMinutes: 60,
      timerMillis: plan.timerMillis,
      ...(market === "spot" ? {} : { unusualTradeShare: 0.01 }),
    },
    latencyMillis: draws.whole(0, 100),
    requestWeight: new WatchedWeight(clock, WEIGHTS[market], report),
  });
  const line = new VenueLine(venue, clock, draws.unit, report);
  const sink = new CheckingSink(venue, clock, report, {
    isAggregate: tradesChannel === "aggTrade",
    interval: plan.interval,
    scales: new Map(venue.symbols.map((symbol) => [symbol, venue.truth(symbol)])),
  });
  const integration = createBinanceIntegration(market, {
    dial: line.dial,
    transport: line.transport,
    tradesChannel,
    redundancy,
  })({ sink, clock, random: draws.unit, logger: silentLogger }) as BinanceIntegration;
  const subscriber = new Subscriber(
    integration,
    venue.symbols,
    typesOf(integration, plan),
    plan.interval,
    report,
  );
  const end = plan.hours * HOUR_MILLIS;
  const look = new VenueLook(sink, venue, clock, line, report);
  const pending = new Set<() => void>();
  const scene: Scene = {
    venue,
    symbols: venue.symbols,
    streams: streamsOf(venue.symbols, market, plan),
    later: (millis, act) => {
      const run = () => {
        timer.cancel();
        if (pending.delete(run)) act();
      };
      const timer = clock.setTimer(millis, run);
      pending.add(run);
    },
    pauseSink: (millis) => {
      sink.accepting = false;
      scene.later(millis, () => sink.accept());
    },
    stopFor: (millis) => {
      const again = subscriber.stopOne(draws);
      scene.later(millis, again);
    },
  };
  let incidentCount = 0;
  let strikeAtMillis = 60_000;
  let verifyAtMillis = 6 * HOUR_MILLIS;
  const step = async (untilMillis: number, stepMillis: number) => {
    while (clock.monotonicMillis() < untilMillis) {
      await clock.advance(Math.min(stepMillis, untilMillis - clock.monotonicMillis()));
      subscriber.retry();
      look.feeds();
      if (clock.monotonicMillis() < verifyAtMillis) continue;
      verifyAtMillis += 6 * HOUR_MILLIS;
      look.records();
    }
  };
  const lookMillis = draws.pick([5000, 15_000, 60_000]);
  while (clock.monotonicMillis() < end) {
    await step(Math.min(end, strikeAtMillis), lookMillis);
    if (clock.monotonicMillis() < strikeAtMillis) break;
    look.books();
    report.note(strike(scene, draws));
    incidentCount++;
    strikeAtMillis += -Math.log(1 - draws.unit()) * ((24 * HOUR_MILLIS) / plan.incidentsPerDay);
  }
  // Calm: nothing new goes wrong, and what still goes wrong ends.
  venue.clearFaults();
  for (const run of [...pending]) run();
  await clock.advance(10);
  report.note("calm");
  const ids = look.lastTradeIds();
  await step(clock.monotonicMillis() + CALM_MILLIS, lookMillis);
  for (let more = 0; more < 48 && !look.tradedSince(ids, 5); more++) {
    await step(clock.monotonicMillis() + HOUR_MILLIS / 2, lookMillis);
  }
  look.mark();
  await step(clock.monotonicMillis() + 10_000, lookMillis);
  look.books();
  look.end(subscriber.wanted);
  const { handOverCount, reconnectCount } = integration.status();
  await shutDown();
  if (report.violationCount === 0 && sink.recordCount === 0) report.violation("nothing came at all");
  const ended = sink.symbols.flatMap(({ endedTrades }) => endedTrades);
  return {
    plan,
    report,
    incidentCount,
    tradeCount: ended.reduce((sum, { tradeCount }) => sum + tradeCount, 0),
    backFilledCount: ended.reduce((sum, { backFilledCount }) => sum + backFilledCount, 0),
    gapIdCount: ended.reduce((sum, { gapIdCount }) => sum + gapIdCount, 0),
    recordCount: sink.recordCount,
    booksCompared: sink.symbols.reduce((sum, { book }) => sum + book.comparedCount, 0),
    handOverCount,
    reconnectCount,
    requestCount: line.requestCount,
  };

  /** After it no socket, no subscription, no timer is left, and the sink is not called again. */
  async function shutDown(): Promise<void> {
    if (venue.stats.policyCloseCount > 0) {
      report.violation(`${venue.stats.policyCloseCount} connections were closed for too many messages`);
    }
    let isDown = false;
    const down = integration.shutdown().then(() => {
      isDown = true;
    });
    await clock.advance(1000);
    if (!isDown) report.violation("the shutdown is not over after a second");
    await down;
    sink.closed = true;
    const { connectionCount, subscriptions } = integration.status();
    if (connectionCount + subscriptions.length > 0) {
      report.violation(
        `${connectionCount} connections and ${subscriptions.length} subscriptions after the shutdown`,
      );
    }
    if (venue.stats.connectionCount > 0)
      report.violation(`${venue.stats.connectionCount} sockets after the shutdown`);
    for (const { endedTrades } of sink.symbols) for (const each of endedTrades) each.finish(each.lastId);
    await venue.close();
    if (clock.pendingTimerCount > 0) report.violation(`${clock.pendingTimerCount} timers after the shutdown`);
    await clock.advance(120_000);
  }
}

const silentLogger = { debug() {}, info() {}, warn() {}, error() {} };

/** Counts what the venue refuses for its weight, unless a fault has banned the address. */
class WatchedWeight extends RequestWeight {
  constructor(
    clock: SkippingClock,
    perMinuteMax: number,
    private readonly report: RunReport,
  ) {
    super(clock, perMinuteMax);
  }

  override take(weight: number): void {
    try {
      super.take(weight);
    } catch (error) {
      if ((error as { status?: number }).status === 429)
        this.report.violation("the weight of a minute was exceeded");
      throw error;
    }
  }
}

function typesOf(integration: BinanceIntegration, { hasPacedTypes }: MonthPlan): readonly DataType[] {
  return integration.description.dataTypes.filter(
    (type) => hasPacedTypes || (type !== DataType.Ticker && type !== DataType.MarkPrice),
  );
}

/** The streams that the run's subscriptions become. */
function streamsOf(symbols: readonly string[], market: BinanceMarketName, plan: MonthPlan): string[] {
  const kinds = [plan.tradesChannel, `kline_${plan.interval}`, "bookTicker", "depth@100ms"];
  if (plan.hasPacedTypes) kinds.push("ticker");
  if (plan.hasPacedTypes && market !== "spot") kinds.push("markPrice@1s");
  return symbols.flatMap((symbol) => kinds.map((kind) => `${symbol.toLowerCase()}@${kind}`));
}
