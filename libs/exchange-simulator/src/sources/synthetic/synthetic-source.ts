import type { Clock } from "@ims/common";
import { contractInfoFrame } from "../../binance/frames/derivative-frames.js";
import type { SimulatedInstrument } from "../../binance/markets/instrument.js";
import type { BinanceMarket } from "../../binance/markets/market.js";
import { BINANCE_MARKETS } from "../../binance/markets/markets.js";
import type { SymbolTruth, TradeTruth } from "../../binance/simulator.js";
import type { SyntheticSourceOptions } from "../../binance/simulator-options.js";
import { fail } from "../../errors/simulator-errors.js";
import type { BookView, KlineQuery, KlineRow, MarketSource, StreamPublisher } from "../market-source.js";
import type { DayTicker } from "./day-window.js";
import type { BookAt, HistoryStart } from "./event-history.js";
import { withFairPrice } from "./fair-price.js";
import { klineRows } from "./kline-rows.js";
import type { MarkPrice } from "./mark-price.js";
import { MarketEvent } from "./market-event.js";
import { MarketSchedule } from "./market-schedule.js";
import type { Intervention } from "./matching-walk.js";
import { type StreamService, serveStream } from "./stream-pushes.js";
import { chooseInstruments, chooseNew } from "./symbol-choice.js";
import { SymbolMarket } from "./symbol-market.js";
import { type SyntheticSettings, syntheticSettings } from "./synthetic-settings.js";
import { tradesBetween, truthBetween } from "./truth.js";

/** Symbols of the other product that all-market streams show since the futures' integration of 2026. */
const FOREIGN_SYMBOLS = 2;

/**
 * A market made up from a seed. What happens depends on seed, start time, rate and interventions alone; the clock
 * decides only when it is sent. Symbols that nobody follows happen when they are asked about.
 */
export class SyntheticSource implements MarketSource {
  readonly listedMillis: number;
  readonly recordedStreams = [];
  readonly exchangeInfoBody = undefined;
  readonly finished: Promise<void>;
  readonly #markets = new Map<string, SymbolMarket>();
  readonly #listedAt = new Map<string, number>();
  readonly #foreign: SymbolMarket[] = [];
  readonly #delisted = new Map<string, SymbolMarket>();
  readonly #services = new Map<string, StreamService>();
  readonly #schedule: MarketSchedule;
  readonly #settings: SyntheticSettings;
  #finish: () => void = () => {};

  constructor(
    private readonly market: BinanceMarket,
    options: SyntheticSourceOptions,
    readonly seed: number,
    clock: Clock,
  ) {
    const startMicros = clock.nowMicros();
    const startMillis = Math.floor(startMicros / 1000);
    const instruments = chooseInstruments(market, startMillis, options.symbols);
    this.#settings = syntheticSettings(market, options, seed, instruments.length);
    this.#schedule = new MarketSchedule(clock, this.#settings.timerMillis);
    this.listedMillis = Math.floor(startMillis / 60_000) * 60_000 - this.#settings.historyMinutes * 60_000;
    const trading = instruments.filter(({ status }) => status === "TRADING");
    const weights = trading.reduce((sum, { weight }) => sum + weight, 0);
    for (const instrument of instruments) {
      const share = instrument.status === "TRADING" ? instrument.weight / weights : 0;
      this.#add(market, instrument, startMicros, this.#settings.tradesPerSecond * share);
    }
    this.#addForeign(startMicros);
    this.finished = new Promise((resolve) => {
      this.#finish = resolve;
    });
  }

  get instruments(): readonly SimulatedInstrument[] {
    return [...this.#markets.values()].map(({ instrument }) => instrument);
  }

  instrument(symbol: string): SimulatedInstrument | undefined {
    return this.#markets.get(symbol)?.instrument;
  }

  onboardMillis(symbol: string): number {
    return this.#listedAt.get(symbol) ?? this.listedMillis;
  }

  start(publisher: StreamPublisher): void {
    this.#schedule.start(publisher);
  }

  streamWanted(stream: string, wanted: boolean): void {
    const before = this.#services.get(stream);
    if (before) {
      this.#services.delete(stream);
      if (before.push) this.#schedule.paces.remove(before.push, before.paceMillis!);
      if (before.listener) before.symbolMarket!.bookListeners.delete(before.listener);
    }
    if (!wanted) return;
    const nowMillis = this.#schedule.catchUp();
    const service = serveStream(
      this.market,
      stream,
      nowMillis,
      (symbol) => this.#caughtUp(symbol),
      () => this.#allMarkets(),
    );
    if (!service) return;
    this.#services.set(stream, service);
    if (service.symbolMarket) this.#follow(service.symbolMarket);
    if (service.listener) service.symbolMarket!.bookListeners.add(service.listener);
    if (service.push) this.#schedule.paces.add(service.push, service.paceMillis!, nowMillis);
    this.#schedule.plan();
  }

  klines(symbol: string, query: KlineQuery): readonly KlineRow[] {
    const nowMillis = this.#schedule.catchUp();
    const symbolMarket = this.#caughtUp(symbol);
    return symbolMarket ? klineRows(symbolMarket.barsFor(query.interval, nowMillis), query) : [];
  }

  visitOrders(symbol: string, start: HistoryStart, event: MarketEvent, visit: () => boolean): void {
    this.#schedule.catchUp();
    this.#caughtUp(symbol)?.history.visit(start, event, visit);
  }

  lastIds(symbol: string): { tradeId: number; aggregateId: number } | undefined {
    this.#schedule.catchUp();
    return this.#caughtUp(symbol)?.lastIds;
  }

  book(symbol: string): BookView | undefined {
    this.#schedule.catchUp();
    const symbolMarket = this.#caughtUp(symbol);
    if (!symbolMarket) return undefined;
    const { book, bookUpdateId: updateId, lastEventMicros: eventMicros } = symbolMarket;
    return { book, updateId, eventMicros };
  }

  bookAt(symbol: string, updateId: number): BookAt | undefined {
    this.#schedule.catchUp();
    return this.#caughtUp(symbol)?.history.bookAt(updateId, new MarketEvent());
  }

  bookAgo(symbol: string, updates: number): BookAt | undefined {
    this.#schedule.catchUp();
    const symbolMarket = this.#caughtUp(symbol);
    const first = symbolMarket?.history.firstUpdateId;
    if (!symbolMarket || first === undefined) return undefined;
    return this.bookAt(symbol, Math.max(first, symbolMarket.bookUpdateId - updates));
  }

  ticker(symbol: string): DayTicker | undefined {
    const nowMillis = this.#schedule.catchUp();
    return this.#caughtUp(symbol)?.ticker(nowMillis);
  }

  mark(symbol: string): MarkPrice | undefined {
    const nowMillis = this.#schedule.catchUp();
    return this.#caughtUp(symbol)?.mark(nowMillis);
  }

  recordedBody(): undefined {
    return undefined;
  }

  truth(symbol: string, range?: { readonly fromTradeId: number; readonly toTradeId: number }): SymbolTruth {
    const symbolMarket = this.#listed(symbol);
    return range
      ? truthBetween(symbolMarket.history, symbolMarket.instrument, range.fromTradeId, range.toTradeId)
      : symbolMarket.truth.read(symbolMarket.instrument);
  }

  tradeTruth(symbol: string, fromTradeId: number, toTradeId: number): TradeTruth[] {
    return tradesBetween(this.#listed(symbol).history, fromTradeId, toTradeId);
  }

  /** Steps into the symbol's next event, which happens at once if it is a print. */
  intervene(symbol: string, intervention: Intervention): void {
    const symbolMarket = this.#listed(symbol);
    this.#follow(symbolMarket);
    const atMicros = intervention.print === undefined ? undefined : this.#schedule.doneMicros;
    symbolMarket.intervene(atMicros === undefined ? intervention : { ...intervention, atMicros });
    this.#schedule.reorder();
    this.#schedule.plan();
  }

  /** Lists a symbol, gives it another status, or takes it off the list; the futures tell it on `!contractInfo`. */
  setStatus(symbol: string, status: string | undefined): void {
    const nowMillis = this.#schedule.catchUp();
    const known = this.#markets.get(symbol) ?? this.#delisted.get(symbol);
    if (!known) {
      if (status === undefined) return;
      const instrument = { ...chooseNew(this.market, nowMillis, symbol), status };
      const rate = this.#settings.tradesPerSecond / (this.#markets.size + 1);
      this.#add(this.market, instrument, this.#schedule.doneMicros, status === "TRADING" ? rate : 0);
      this.#listedAt.set(symbol, nowMillis);
    } else {
      this.#caughtUp(symbol);
      // A symbol that comes back goes on with its own ids.
      this.#delisted.delete(symbol);
      this.#markets.set(symbol, known);
      known.instrument = { ...known.instrument, status: status ?? this.market.delistedStatus };
      known.halt(known.instrument.status !== "TRADING", this.#schedule.doneMicros);
      if (status === undefined) {
        this.#markets.delete(symbol);
        this.#delisted.set(symbol, known);
      }
      this.#schedule.reorder();
    }
    const changed = this.#markets.get(symbol) ?? known!;
    this.#schedule.publisher?.publish("!contractInfo", () =>
      contractInfoFrame(this.market.name, changed.instrument, this.onboardMillis(symbol), nowMillis),
    );
    // Streams subscribed before the listing begin with it.
    for (const stream of this.#schedule.publisher?.subscribed(`${symbol.toLowerCase()}@`) ?? []) {
      this.streamWanted(stream, true);
    }
    this.#schedule.plan();
  }

  close(): Promise<void> {
    this.#schedule.stop();
    this.#finish();
    return Promise.resolve();
  }

  #add(market: BinanceMarket, listed: SimulatedInstrument, startMicros: number, rate: number): void {
    const { instrument, ...fair } = withFairPrice(listed, startMicros, this.#settings.fairPrice);
    const options = { ...this.#settings.walk, ...fair, startMicros, tradesPerSecond: rate };
    const symbolMarket = new SymbolMarket(market, instrument, options, this.#settings.historyMinutes);
    if (market === this.market) this.#markets.set(instrument.symbol, symbolMarket);
    else this.#foreign.push(symbolMarket);
  }

  #addForeign(startMicros: number): void {
    if (this.market.name === "spot") return;
    const other = BINANCE_MARKETS[this.market.name === "usd-future" ? "coin-future" : "usd-future"];
    const startMillis = Math.floor(startMicros / 1000);
    for (const instrument of other.instruments(startMillis).slice(0, FOREIGN_SYMBOLS)) {
      this.#add(other, instrument, startMicros, 0);
    }
  }

  #follow(symbolMarket: SymbolMarket): void {
    if (symbolMarket.followed) return;
    symbolMarket.catchUp(this.#schedule.doneMicros, this.#schedule.publisher ?? NOBODY);
    symbolMarket.followed = true;
    this.#schedule.follow(symbolMarket);
  }

  /** The symbol with everything done that is done elsewhere. */
  #caughtUp(symbol: string): SymbolMarket | undefined {
    const symbolMarket = this.#markets.get(symbol);
    if (symbolMarket && !symbolMarket.followed) symbolMarket.catchUp(this.#schedule.doneMicros, NOBODY);
    return symbolMarket;
  }

  /** What is followed stays at what was sent; the rest is asked about as of now. */
  #listed(symbol: string): SymbolMarket {
    if (!this.#markets.get(symbol)?.followed) this.#schedule.catchUp();
    const symbolMarket = this.#caughtUp(symbol);
    if (!symbolMarket) throw fail("simulator.unknown-symbol", `"${symbol}" is not listed in this simulator`);
    return symbolMarket;
  }

  *#allMarkets(): Iterable<SymbolMarket> {
    for (const symbolMarket of this.#markets.values()) {
      if (symbolMarket.instrument.status !== "TRADING") continue;
      if (!symbolMarket.followed) symbolMarket.catchUp(this.#schedule.doneMicros, NOBODY);
      yield symbolMarket;
    }
    yield* this.#foreign;
  }
}

const NOBODY: StreamPublisher = {
  hasSubscribers: () => false,
  subscribed: () => [],
  publish: () => {},
  publishRecorded: () => undefined,
  flushed: () => Promise.resolve(),
};
