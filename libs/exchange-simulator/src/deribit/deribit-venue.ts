import { type Clock, sleep, type TimerHandle } from "@ims/common";
import {
  InProcessSocket,
  type VenueSocket,
  type VenueSocketEvents,
} from "../binance/in-process/in-process-socket.js";
import type { Upgrade } from "../binance/venue.js";
import { SeededRandom, seedFor } from "../sources/synthetic/seeded-random.js";
import { isStateChannel, quoteData, symbolOfChannel, tickerData, wholeBook } from "./channel-data.js";
import { type DeribitFault, DeribitFaults } from "./deribit-faults.js";
import type { DeribitInstrument, DeribitMarket } from "./deribit-market.js";
import { answerHttp } from "./http-methods.js";
import { LineHub } from "./line-hub.js";
import { MarketNews } from "./market-news.js";
import { heartbeat, notification } from "./rpc-answers.js";
import { answerSocket } from "./socket-methods.js";
import { BATCH_MILLIS, type BookChange, type DeribitTrade, SymbolTrading } from "./symbol-trading.js";
import { syntheticDeribitMarket } from "./synthetic-market.js";
import { VenueLine } from "./venue-line.js";

export interface DeribitVenueOptions {
  readonly clock: Clock;
  /** How long what a client does takes to arrive; default 0. */
  readonly latencyMillis?: number;
  readonly seed?: number;
  /** What is traded, and at which prices. Default: a small synthetic market. */
  readonly market?: DeribitMarket;
  /** The login that is good for raw channels. Default: none is. */
  readonly login?: DeribitLogin;
}

export interface DeribitLogin {
  readonly clientId: string;
  readonly clientSecret: string;
  /** Until then it has to be renewed by its refresh token. Default: a year. */
  readonly expiresInSeconds?: number;
}

export interface DeribitAnswer {
  readonly status: number;
  readonly body: string;
}

const FIRST_CHANGE_ID = 8_973_000_000;

/**
 * Deribit within the process and on the clock of the client under test: JSON-RPC over {@link dial}, the same methods
 * over {@link request}, trades and books of its own, and faults to inject.
 */
export class DeribitVenue {
  readonly clock: Clock;
  readonly login: DeribitVenueOptions["login"];
  readonly market: DeribitMarket;
  readonly #latencyMillis: number;
  readonly #faults = new DeribitFaults();
  readonly hub = new LineHub(this.#faults);
  readonly #sockets = new Set<InProcessSocket>();
  readonly #trading = new Map<string, SymbolTrading>();
  readonly #news = new MarketNews(this.hub);
  readonly #lostChanges = new Set<string>();
  readonly #lostTrades = new Set<string>();
  #changeId = FIRST_CHANGE_ID;
  #timer: TimerHandle;
  #isClosed = false;
  /** Answers of HTTP that fail, one after the other. */
  failingRequests = 0;
  /** Requests for channels that fail for a passing reason, one after the other. */
  failingSubscribes = 0;
  /** What clients did. */
  readonly counters = {
    testAnswers: 0,
    subscribes: 0,
    unansweredTests: 0,
    logins: 0,
    /** Logins that were renewed, and those that were not in time. */
    renewals: 0,
    expiredLogins: 0,
    overLimit: 0,
    requests: 0,
    /** Requests over HTTP that a fault held back. */
    held: 0,
  };

  constructor({ clock, latencyMillis = 0, login, market, seed = 1 }: DeribitVenueOptions) {
    this.clock = clock;
    this.login = login;
    this.market = market ?? syntheticDeribitMarket(Math.floor(clock.nowMicros() / 1000));
    this.#latencyMillis = latencyMillis;
    for (const instrument of this.market.instruments) {
      const random = new SeededRandom(seedFor(seed, instrument.symbol));
      const trading = new SymbolTrading(instrument, random);
      this.#trading.set(instrument.symbol, trading);
      this.#move(trading);
    }
    this.#news.states(this.market, this.nowMillis);
    this.#timer = clock.setTimer(BATCH_MILLIS, () => this.#batch());
  }

  get nowMillis(): number {
    return Math.floor(this.clock.nowMicros() / 1000);
  }

  get connectionCount(): number {
    return this.hub.size;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Instruments that are listed now. */
  get instruments(): readonly DeribitInstrument[] {
    return this.market.instruments.filter(({ symbol }) => this.market.isListed(symbol, this.nowMillis));
  }

  /** Book and trades of a listed instrument. */
  trading(symbol: string): SymbolTrading | undefined {
    return this.market.isListed(symbol, this.nowMillis) ? this.#trading.get(symbol) : undefined;
  }

  /** Newest trade number, and the trades of a range: what a client has to have seen. */
  lastSeq(symbol: string): number {
    return this.#trading.get(symbol)?.lastSeq ?? 0;
  }

  trades(symbol: string, fromSeq: number, toSeq: number): readonly DeribitTrade[] {
    return this.#trading.get(symbol)?.trades(fromSeq, toSeq) ?? [];
  }

  /** Bound, so that it can be handed on as a connector. */
  readonly dial = (url: string, frameBytesMax: number, events: VenueSocketEvents): VenueSocket => {
    const [clock, latencyMillis] = [this.clock, this.#latencyMillis];
    const gone = (socket: InProcessSocket) => this.#sockets.delete(socket);
    const options = { clock, latencyMillis, autoPong: true, frameBytesMax };
    const socket = new InProcessSocket(this, url, events, options, gone);
    this.#sockets.add(socket);
    return socket;
  };

  /** Any path is taken. */
  upgrade(): Upgrade {
    return {
      accept: (peer) => {
        const onText = (line: VenueLine, text: string) => answerSocket(this, line, text);
        this.hub.add(new VenueLine(peer, onText, (line) => this.hub.remove(line)));
      },
    };
  }

  /** One GET, such as `/api/v2/public/get_instruments?currency=any`, answered at once: see {@link holdBack}. */
  readonly request = (url: string): DeribitAnswer => {
    this.counters.requests++;
    return answerHttp(this, new URL(url, "http://venue.invalid"), this.#faults.restError(this.nowMillis));
  };

  /** Waits as long as a fault has HTTP wait. Rejects when the signal aborts. */
  async holdBack(signal: AbortSignal): Promise<void> {
    const millis = this.#faults.restDelayMillis(this.nowMillis);
    if (millis === 0) return;
    this.counters.held++;
    await sleep(this.clock, millis, signal);
  }

  /** Does something wrong, at once. */
  inject(rule: DeribitFault): void {
    switch (rule.fault) {
      case "cut":
        this.hub.cut();
        return;
      case "mute":
        this.hub.mute(rule.channel);
        return;
      case "omit":
        this.#faults.omit(rule.channel);
        return;
      case "busy":
        this.failingSubscribes += rule.count;
        return;
      case "refuse-rest":
      case "slow-rest":
        this.#faults.addRestFault(rule, this.nowMillis);
        return;
      default:
        this.#faults.addFrameFault(rule);
    }
  }

  /** The next change of a book is made but not sent: the one after it does not continue what clients have. */
  breakChain(symbol: string): void {
    this.#lostChanges.add(symbol);
  }

  /** The next trades of an instrument are made but not sent. */
  loseTrades(symbol: string): void {
    this.#lostTrades.add(symbol);
  }

  /** Sends a text to every client as it stands. */
  sendRaw(text: string): void {
    this.hub.tellAll(text);
  }

  /** Whether a channel can be had, by its form and its instrument. */
  offers(channel: string): boolean {
    const symbol = symbolOfChannel(channel);
    if (isStateChannel(channel)) return !this.#faults.isOmitted(channel);
    return symbol !== undefined && !this.#faults.isOmitted(channel) && this.trading(symbol) !== undefined;
  }

  /** What a channel begins with: a book is sent whole, tickers and quotes as they are. */
  begin(line: VenueLine, channel: string): void {
    const kind = channel.slice(0, channel.indexOf("."));
    const symbol = symbolOfChannel(channel) ?? "";
    const trading = this.trading(symbol);
    if (!trading) return;
    if (kind === "chart") this.#news.beginCandle(channel, trading, this.nowMillis);
    else if (kind === "book") line.push(notification(channel, wholeBook(trading, this.nowMillis)));
    else if (kind === "ticker") line.push(notification(channel, this.tickerOf(trading)));
    else if (kind === "quote") line.push(notification(channel, quoteData(trading, this.nowMillis)));
  }

  /** The data of a ticker. */
  tickerOf(trading: SymbolTrading): object {
    return tickerData(
      trading,
      this.market.ticker(trading.instrument.symbol, this.nowMillis, trading.best),
      this.nowMillis,
    );
  }

  /** Begins heartbeats of a connection, with a `test_request` every other time. */
  beatHeart(line: VenueLine, intervalMillis: number): void {
    line.heartbeat?.cancel();
    let count = 0;
    const beat = () => {
      if (line.awaitsTest) {
        this.counters.unansweredTests++;
        line.terminate();
        return;
      }
      line.awaitsTest = ++count % 2 === 0;
      line.push(heartbeat(line.awaitsTest ? "test_request" : "heartbeat"));
      line.heartbeat = this.clock.setTimer(intervalMillis, beat);
    };
    line.heartbeat = this.clock.setTimer(intervalMillis, beat);
  }

  /** After it no timer and no connection is left. */
  close(): void {
    this.#isClosed = true;
    this.#timer.cancel();
    const sockets = [...this.#sockets];
    this.hub.cut();
    for (const socket of sockets) socket.destroy();
  }

  #move(trading: SymbolTrading): BookChange | undefined {
    const { symbol } = trading.instrument;
    const quote = this.market.quote?.(symbol, this.nowMillis);
    return trading.move(
      quote ?? trading.quoteAround(this.market.fairPrice(symbol, this.nowMillis)),
      () => this.#changeId++,
    );
  }

  #batch(): void {
    const { nowMillis } = this;
    this.counters.expiredLogins += this.hub.endLogins(nowMillis);
    this.#news.states(this.market, nowMillis);
    for (const { symbol } of this.instruments) {
      const trading = this.#trading.get(symbol)!;
      const change = this.#move(trading);
      const trades = trading.trade(nowMillis);
      if (change && !this.#lostChanges.delete(symbol)) this.#news.book(symbol, change, nowMillis);
      if (trades.length > 0 && !this.#lostTrades.delete(symbol)) this.#news.trades(symbol, trades);
      this.#news.candles(symbol, trades, nowMillis);
      if (change || trades.length > 0) this.#news.prices(trading, () => this.tickerOf(trading), nowMillis);
    }
    this.#timer = this.clock.setTimer(BATCH_MILLIS, () => this.#batch());
  }
}

/** Opens a simulated Deribit within this process. Give it the clock of the client under test, and close it. */
export function openDeribitVenue(options: DeribitVenueOptions): DeribitVenue {
  return new DeribitVenue(options);
}
