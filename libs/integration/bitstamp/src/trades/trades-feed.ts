import { DataType, describeError, GapReason } from "@ims/common";
import {
  type CrossCheckResult,
  createGapFields,
  createTradeFields,
  type JsonObject,
  type OpenFeed,
  Unusable,
} from "@ims/integration-kit";
import type { IntegrationContext, TradeFields } from "@ims/traits";
import type { BitstampFeed } from "../feeds/bitstamp-feed.js";
import type { BitstampRest, TradeWindow } from "../rest/bitstamp-rest.js";
import { TradeAudit } from "./trade-audit.js";
import { readStreamTrade } from "./trade-fields.js";
import { before, type Cut, TradeFill } from "./trade-fill.js";
import { TradeJoin } from "./trade-join.js";

const HELD_MAX = 10_000;
const HOLD_MILLIS = 15_000;
/** The list is a moment behind the stream. */
const DOUBT_MILLIS = 2000;
/** The two clocks of a trade's time and ours differ by less. */
const CLOCKS_SECONDS = 5;

/** The trades of one market, whole over lost connections: see {@link TradeJoin} and {@link TradeFill}. */
export class TradesFeed implements BitstampFeed {
  readonly #feed: OpenFeed;
  readonly #rest: BitstampRest;
  readonly #context: IntegrationContext;
  readonly #trade = createTradeFields();
  readonly #join: TradeJoin;
  readonly #audit: TradeAudit;
  #cut: Cut | undefined;
  #filling: AbortController | undefined;
  #auditing: AbortController | undefined;
  #work: Promise<void> = Promise.resolve();
  /** Up to here nothing is known to be missing: the last trade, or the last list without a later one. */
  #aliveMicros = 0;
  #holdingSinceMillis = Number.POSITIVE_INFINITY;
  #startedMicros = 0;
  /** When a loss without an acknowledgement to come is looked for. */
  #fillAtMillis = Number.POSITIVE_INFINITY;
  #isDoubted = false;
  #acknowledged = false;
  readonly #closing = new AbortController();
  #lossReason: GapReason = GapReason.ConnectionLost;

  /** @param checkMillis how often the trades are compared with the venue's list */
  constructor(feed: OpenFeed, rest: BitstampRest, context: IntegrationContext, checkMillis: number) {
    this.#feed = feed;
    this.#rest = rest;
    this.#context = context;
    this.#join = new TradeJoin({
      heldMax: HELD_MAX,
      publish: (trade) => context.sink.trade(trade),
      restarted: (fromMicros, toMicros) =>
        this.#tellGap(GapReason.VenueRestarted, 0, 0, fromMicros, toMicros),
    });
    const { symbol } = feed.instrument;
    this.#audit = new TradeAudit({
      ...context,
      symbol,
      join: this.#join,
      everyMillis: checkMillis,
      read: (window, signal) => rest.trades(symbol, window, signal),
      complete: (trade) => this.#complete(trade),
    });
    const lastId = context.lastTradeId?.(symbol) ?? 0;
    if (lastId === 0) return;
    this.#lossReason = GapReason.ServiceRestarted;
    this.#cut = { lastId, aliveMicros: undefined };
    this.#join.resumeFrom(lastId);
    this.#join.hold();
  }

  read(event: string, data: JsonObject, receiveMicros: number): void {
    if (event !== "trade") throw new Unusable("unexpected", `an event ${event.slice(0, 40)} among trades`);
    try {
      readStreamTrade(data, this.#trade);
    } catch (error) {
      this.doubt();
      throw error;
    }
    this.takeTrade(this.#trade, receiveMicros);
  }

  takeTrade(trade: TradeFields, receiveMicros: number): void {
    trade.receiveMicros = receiveMicros;
    trade.instrumentId = this.#feed.instrumentId;
    this.#aliveMicros = receiveMicros;
    this.#feed.seen(receiveMicros);
    this.#join.offer(trade);
  }

  acknowledged(): void {
    this.#startedMicros ||= this.#context.clock.nowMicros();
    this.#acknowledged = true;
    this.#beginFill();
  }

  interrupted(): void {
    this.#acknowledged = false;
    this.#fillAtMillis = Number.POSITIVE_INFINITY;
    this.#beginLoss();
  }

  /** A trade may be missing that no id tells of: it is looked for over REST. */
  doubt(): void {
    if (!this.#acknowledged || this.#join.lastId === 0) return;
    if (this.#cut) {
      this.#isDoubted = true;
      return;
    }
    this.#beginLoss();
    this.#fillAtMillis = this.#context.clock.monotonicMillis() + DOUBT_MILLIS;
  }

  get isClosed(): boolean {
    return this.#closing.signal.aborted;
  }

  check(nowMillis: number): void {
    if (nowMillis >= this.#fillAtMillis) this.#beginFill();
    // While something is being read anyway it can wait.
    if (this.#acknowledged && !this.#cut && !this.#auditing && this.#audit.isDue(nowMillis)) {
      const auditing = new AbortController();
      this.#auditing = auditing;
      this.#work = this.#work.then(async () => {
        await this.#audit.run(auditing.signal);
        if (this.#auditing === auditing) this.#auditing = undefined;
      });
    }
    if (this.#join.heldCount === 0) this.#holdingSinceMillis = nowMillis;
    else if (nowMillis - this.#holdingSinceMillis >= HOLD_MILLIS) this.#join.release();
  }

  async close(): Promise<void> {
    this.#closing.abort(new Error("the feed ended"));
    this.#filling?.abort(new Error("the feed ended"));
    this.#auditing?.abort(new Error("the feed ended"));
    if (this.#cut) this.#tellLost(this.#join.lastId + 1, before(this.#join.firstLiveId));
    this.#cut = undefined;
    this.#join.release();
    await this.#work;
  }

  /** Whether the list has a trade that the silent stream did not bring. */
  async crossCheck(silentMillis: number, signal: AbortSignal): Promise<CrossCheckResult> {
    const { lastId } = this.#join;
    const window: TradeWindow = silentMillis < 50_000 ? "minute" : "hour";
    const askedMicros = this.#context.clock.nowMicros();
    const listed = await this.#rest.trades(this.#feed.instrument.symbol, window, signal);
    const newest = listed.at(-1);
    const isNews =
      newest !== undefined &&
      (lastId > 0
        ? newest.tradeId > this.#join.lastId
        : Number(newest.row.date) > this.#startedMicros / 1e6 + CLOCKS_SECONDS);
    if (!isNews) this.#aliveMicros = askedMicros - CLOCKS_SECONDS * 1_000_000;
    return isNews
      ? { verdict: "dead", text: `${this.#feed.stream} did not bring trade ${newest.tradeId}` }
      : { verdict: "quiet", text: "the venue lists no later trade" };
  }

  /** What comes from now on waits for what may be missing. */
  #beginLoss(): void {
    const { clock } = this.#context;
    if (this.#join.lastId === 0) return;
    this.#cut ??= {
      lastId: this.#join.lastId,
      aliveMicros: this.#aliveMicros,
    };
    if (!this.#join.isHolding) this.#holdingSinceMillis = clock.monotonicMillis();
    this.#join.hold();
  }

  #beginFill(): void {
    this.#fillAtMillis = Number.POSITIVE_INFINITY;
    const cut = this.#cut;
    if (!cut || this.isClosed) return;
    this.#filling?.abort(new Error("the stream was cut again"));
    this.#auditing?.abort(new Error("missed trades go first"));
    const filling = new AbortController();
    this.#filling = filling;
    // One after the other, so that the end can be awaited.
    this.#work = this.#work.then(() => this.#fill(cut, filling));
  }

  async #fill(cut: Cut, filling: AbortController): Promise<void> {
    if (filling.signal.aborted) return;
    const { clock, logger, random, sink } = this.#context;
    const { instrument } = this.#feed;
    try {
      const fill = new TradeFill(
        {
          clock,
          random,
          logger,
          complete: (trade) => this.#complete(trade),
          symbol: instrument.symbol,
          join: this.#join,
          read: (window, signal) => this.#rest.trades(instrument.symbol, window, signal),
          lost: (fromId, toId) => this.#tellLost(fromId, toId),
          rejected: ({ message, reason }) =>
            sink.rejected({ reason, detail: `/transactions/: ${message}`, symbol: instrument.symbol }),
        },
        cut,
        filling.signal,
      );
      await fill.run();
      if (this.#filling !== filling) return;
      if (this.#isDoubted) {
        this.#isDoubted = false;
        this.#fillAtMillis = clock.monotonicMillis() + DOUBT_MILLIS;
        return;
      }
      this.#cut = undefined;
      this.#lossReason = GapReason.ConnectionLost;
    } catch (error) {
      // Another stretch follows, or the end.
      if (filling.signal.aborted) return;
      logger.error({ symbol: instrument.symbol, error: describeError(error) }, "missed trades were given up");
      this.#tellLost(cut.lastId + 1, before(this.#join.firstLiveId));
      this.#cut = undefined;
      this.#join.release();
    }
  }

  #complete(trade: TradeFields): void {
    trade.instrumentId = this.#feed.instrumentId;
    trade.receiveMicros = this.#context.clock.nowMicros();
  }

  #tellLost(fromId: number, toId: number): void {
    const { lastMicros } = this.#join;
    this.#tellGap(this.#lossReason, fromId, toId, lastMicros, this.#context.clock.nowMicros());
  }

  /** How many are missing is not known, for ids have holes. */
  #tellGap(reason: GapReason, fromId: number, toId: number, fromMicros: number, toMicros: number): void {
    const gap = createGapFields(this.#feed.instrumentId, DataType.Trade);
    gap.receiveMicros = this.#context.clock.nowMicros();
    gap.eventMicros = toMicros;
    gap.reason = reason;
    gap.fromId = fromId;
    gap.toId = toId;
    gap.fromMicros = fromMicros;
    gap.toMicros = toMicros;
    this.#context.sink.gap(gap);
  }
}
