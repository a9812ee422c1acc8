import assert from "node:assert/strict";
import { DataType, type Instrument, trimFraction } from "@ims/common";
import type { FeedRequest, ImsDataIntegration, IntegrationLogger } from "@ims/traits";
import { SeededRandom } from "../random/seeded-random.js";
import { type CollectedTrade, CollectingSink } from "./collecting-sink.js";
import type { VenueStage } from "./venue-stage.js";

const STEP_MILLIS = 250;

/** One plugin at work on one stage, with what cases ask of it over and over. */
export class VenueRig {
  readonly sink = new CollectingSink();
  readonly integration: ImsDataIntegration;
  /** Errors that the plugin logged. */
  readonly errors: string[] = [];

  constructor(readonly stage: VenueStage) {
    const random = new SeededRandom(1);
    this.integration = stage.create({
      sink: this.sink,
      clock: stage.clock,
      logger: this.logger(),
      random: () => random.next(),
    });
  }

  get first(): string {
    return this.stage.symbols[0];
  }

  get second(): string {
    return this.stage.symbols[1];
  }

  advance(millis: number): Promise<void> {
    return this.stage.clock.advance(millis);
  }

  /** Lets time pass until the condition holds; fails when it does not within the time. */
  async until(what: string, condition: () => boolean, withinMillis = 60_000): Promise<void> {
    for (let passed = 0; !condition(); passed += STEP_MILLIS) {
      assert.ok(passed < withinMillis, `${what}: not within ${withinMillis} ms`);
      await this.advance(STEP_MILLIS);
    }
  }

  /** Awaits a call of the plugin, which may need time to pass. */
  async settled<Result>(call: Promise<Result>, withinMillis = 60_000): Promise<Result> {
    let isDone = false;
    const done = call.finally(() => {
      isDone = true;
    });
    done.catch(() => {});
    await this.until("a call of the plugin has an outcome", () => isDone, withinMillis);
    return done;
  }

  /** The reason for which a call is refused; fails where it is not. */
  async refused(what: string, call: Promise<unknown>): Promise<Error> {
    try {
      await this.settled(call);
    } catch (error) {
      if (error instanceof assert.AssertionError) throw error;
      assert.ok(error instanceof Error && error.message.length > 0, `${what}: refused without a reason`);
      return error;
    }
    return assert.fail(`${what}: was not refused`);
  }

  start(feed: FeedRequest | DataType, ...symbols: string[]): Promise<void> {
    return this.settled(this.integration.start(this.feed(feed), symbols));
  }

  stop(feed: FeedRequest | DataType, ...symbols: string[]): Promise<void> {
    return this.settled(this.integration.stop(this.feed(feed), symbols));
  }

  symbols(): Promise<readonly Instrument[]> {
    return this.settled(this.integration.symbols());
  }

  /** A request for a kind of data, for bars with the first resolution offered. */
  feed(feed: FeedRequest | DataType): FeedRequest {
    if (typeof feed === "object") return feed;
    const resolution = this.integration.description.resolutions[0];
    return feed === DataType.Bar && resolution !== undefined
      ? { dataType: feed, resolution }
      : { dataType: feed };
  }

  /** Trades arrived of a symbol; of all that follow, this is where a check begins. */
  async flowing(symbol: string): Promise<CollectedTrade> {
    await this.until(`trades of ${symbol} arrive`, () => this.sink.tradesOf(symbol).length > 0);
    return this.sink.tradesOf(symbol)[0]!;
  }

  /** Every trade of the venue from the first one seen to the newest is there once, in order, and exact. */
  async expectWhole(symbol: string, withinMillis = 120_000): Promise<void> {
    const { stage, sink } = this;
    const first = (await this.flowing(symbol)).tradeId;
    const last = stage.lastTradeId(symbol);
    const isThrough = () => sink.tradesOf(symbol).some(({ tradeId }) => tradeId >= last);
    await this.until(`trade ${last} of ${symbol} arrives`, isThrough, withinMillis);
    const seen = sink.tradesOf(symbol).filter(({ tradeId }) => tradeId <= last);
    const missing = stage.trades(symbol, first, last).filter(({ tradeId }) => {
      const covers = (gap: { fromId: number; toId: number; symbol: string }) =>
        gap.symbol === symbol && gap.fromId <= tradeId && tradeId <= gap.toId;
      return !sink.gaps.some(covers);
    });
    assert.deepEqual(
      seen.map(
        ({ tradeId, price, quantity }) => `${tradeId} ${trimFraction(price)} ${trimFraction(quantity)}`,
      ),
      missing.map(
        ({ tradeId, price, quantity }) => `${tradeId} ${trimFraction(price)} ${trimFraction(quantity)}`,
      ),
      `trades ${first} to ${last} of ${symbol}`,
    );
  }

  private logger(): IntegrationLogger {
    const ignore = () => {};
    return {
      debug: ignore,
      info: ignore,
      warn: ignore,
      error: (_fields, message) => this.errors.push(message),
    };
  }
}
