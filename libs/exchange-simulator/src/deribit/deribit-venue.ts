import type { Clock, TimerHandle } from "@ims/common";
import type { VenueSocketEvents } from "../binance/in-process/in-process-socket.js";
import { SeededRandom, seedFor } from "../sources/synthetic/seeded-random.js";
import { Candle } from "./candles.js";
import { quoteData, tickerData, wholeBook } from "./channel-data.js";
import type { DeribitInstrument, DeribitMarket } from "./deribit-market.js";
import { answerHttp } from "./http-methods.js";
import { heartbeat, notification } from "./rpc-answers.js";
import { answerSocket } from "./socket-methods.js";
import { type BookChange, type DeribitTrade, SymbolTrading } from "./symbol-trading.js";
import { syntheticDeribitMarket } from "./synthetic-market.js";
import { type DeribitSocket, VenueLine } from "./venue-line.js";

export interface DeribitVenueOptions {
  readonly clock: Clock;
  /** How long what a client does takes to arrive; default 0. */
  readonly latencyMillis?: number;
  readonly seed?: number;
  /** What is traded, and at which prices. Default: a small synthetic market. */
  readonly market?: DeribitMarket;
  /** The login that is good for raw channels. Default: none is. */
  readonly login?: { readonly clientId: string; readonly clientSecret: string };
}

export interface DeribitAnswer {
  readonly status: number;
  readonly body: string;
}

/** How often the venue trades, moves its books and sends what came of it. */
const BATCH_MILLIS = 100;
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
  readonly #lines = new Set<VenueLine>();
  readonly #trading = new Map<string, SymbolTrading>();
  readonly #candles = new Map<string, Candle>();
  readonly #omitted = new Set<string>();
  readonly #lostChanges = new Set<string>();
  readonly #lostTrades = new Set<string>();
  #changeId = FIRST_CHANGE_ID;
  #timer: TimerHandle;
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
    overLimit: 0,
    requests: 0,
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
      trading.move(this.market.fairPrice(instrument.symbol, this.nowMillis), () => this.#changeId++);
    }
    this.#timer = clock.setTimer(BATCH_MILLIS, () => this.#batch());
  }

  get nowMillis(): number {
    return Math.floor(this.clock.nowMicros() / 1000);
  }

  get connectionCount(): number {
    return this.#lines.size;
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
  readonly dial = (_url: string, _frameBytesMax: number, events: VenueSocketEvents): DeribitSocket => {
    const onText = (line: VenueLine, text: string) => answerSocket(this, line, text);
    const gone = (line: VenueLine) => this.#lines.delete(line);
    const line = new VenueLine(this.clock, this.#latencyMillis, events, onText, gone);
    this.#lines.add(line);
    return line;
  };

  /** One GET, such as `/api/v2/public/get_instruments?currency=any`. */
  readonly request = (url: string): DeribitAnswer => {
    this.counters.requests++;
    return answerHttp(this, new URL(url, "http://venue.invalid"));
  };

  /** Ends every connection without a close frame. */
  cutConnections(): void {
    for (const line of [...this.#lines]) line.terminate();
  }

  /** The next change of a book is made but not sent: the one after it does not continue what clients have. */
  breakChain(symbol: string): void {
    this.#lostChanges.add(symbol);
  }

  /** The next trades of an instrument are made but not sent. */
  loseTrades(symbol: string): void {
    this.#lostTrades.add(symbol);
  }

  /** From now on the venue leaves a channel out of what it accepts, without an error. */
  omit(channel: string): void {
    this.#omitted.add(channel);
  }

  /** Stops sending a channel to those who have it, without a word; who asks for it again gets it. */
  forget(channel: string): void {
    for (const line of this.#lines) line.channels.delete(channel);
  }

  /** Sends a text to every client as it stands. */
  sendRaw(text: string): void {
    for (const line of [...this.#lines]) line.push(text);
  }

  /** Whether a channel can be had, by its form and its instrument. */
  offers(channel: string): boolean {
    const [kind = "", ...rest] = channel.split(".");
    const symbol = kind === "chart" ? rest[1] : rest[0];
    const isKnown = ["trades", "book", "ticker", "quote", "chart"].includes(kind);
    return (
      isKnown && !this.#omitted.has(channel) && symbol !== undefined && this.trading(symbol) !== undefined
    );
  }

  /** What a channel begins with: a book is sent whole, tickers and quotes as they are. */
  begin(line: VenueLine, channel: string): void {
    const [kind = "", symbol = ""] = channel.split(".");
    const trading = this.trading(symbol);
    if (!trading) return;
    if (kind === "book") line.push(notification(channel, wholeBook(trading, this.nowMillis)));
    else if (kind === "ticker") line.push(notification(channel, this.tickerOf(trading)));
    else if (kind === "quote") line.push(notification(channel, quoteData(trading, this.nowMillis)));
  }

  /** The data of a ticker. */
  tickerOf(trading: SymbolTrading): object {
    return tickerData(trading, this.market.ticker(trading.instrument.symbol, this.nowMillis), this.nowMillis);
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

  /** After it no timer is left. */
  close(): void {
    this.#timer.cancel();
    this.cutConnections();
  }

  #batch(): void {
    const { nowMillis } = this;
    for (const { symbol } of this.instruments) {
      const trading = this.#trading.get(symbol)!;
      const change = trading.move(this.market.fairPrice(symbol, nowMillis), () => this.#changeId++);
      const trades = trading.trade(nowMillis);
      if (change && !this.#lostChanges.delete(symbol)) this.#tellBook(trading, change);
      if (trades.length > 0 && !this.#lostTrades.delete(symbol)) this.#tellTrades(symbol, trades);
      this.#tellCandles(symbol, trades);
      if (change || trades.length > 0) this.#tellPrices(trading);
    }
    this.#timer = this.clock.setTimer(BATCH_MILLIS, () => this.#batch());
  }

  #tellBook(
    { instrument: { symbol } }: SymbolTrading,
    { asks, bids, changeId, previousId }: BookChange,
  ): void {
    const data = {
      type: "change",
      timestamp: this.nowMillis,
      prev_change_id: previousId,
      instrument_name: symbol,
      change_id: changeId,
      bids,
      asks,
    };
    this.#tell([`book.${symbol}.100ms`, `book.${symbol}.raw`], () => data);
  }

  #tellTrades(symbol: string, trades: readonly DeribitTrade[]): void {
    this.#tell([`trades.${symbol}.100ms`, `trades.${symbol}.raw`], () => trades.map(({ row }) => row));
  }

  #tellPrices(trading: SymbolTrading): void {
    const { symbol } = trading.instrument;
    this.#tell([`ticker.${symbol}.100ms`, `ticker.${symbol}.raw`], () => this.tickerOf(trading));
    this.#tell([`quote.${symbol}`], () => quoteData(trading, this.nowMillis));
  }

  #tellCandles(symbol: string, trades: readonly DeribitTrade[]): void {
    const prefix = `chart.trades.${symbol}.`;
    for (const line of this.#lines) {
      for (const channel of line.channels) {
        if (channel.startsWith(prefix) && !this.#candles.has(channel))
          this.#candles.set(channel, new Candle(channel.slice(prefix.length)));
      }
    }
    for (const [channel, candle] of this.#candles) {
      if (!channel.startsWith(prefix)) continue;
      const data = candle.next(trades, this.nowMillis);
      if (data) this.#tell([channel], () => data);
    }
  }

  #tell(channels: readonly string[], data: () => unknown): void {
    for (const channel of channels) {
      const readers = [...this.#lines].filter((line) => line.channels.has(channel));
      if (readers.length === 0) continue;
      const text = notification(channel, data());
      for (const line of readers) line.push(text);
    }
  }
}

/** Opens a simulated Deribit within this process. Give it the clock of the client under test, and close it. */
export function openDeribitVenue(options: DeribitVenueOptions): DeribitVenue {
  return new DeribitVenue(options);
}
