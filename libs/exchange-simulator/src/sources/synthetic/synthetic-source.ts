import type { Clock, TimerHandle } from "@ims/common";
import type { SimulatedInstrument } from "../../binance/markets/instrument.js";
import type { BinanceMarket } from "../../binance/markets/market.js";
import { parseStreamName } from "../../binance/markets/stream-name.js";
import type { SymbolTruth } from "../../binance/simulator.js";
import type { SyntheticSourceOptions } from "../../binance/simulator-options.js";
import { fail } from "../../errors/simulator-errors.js";
import type { KlineQuery, KlineRow, MarketSource, StreamPublisher } from "../market-source.js";
import { HISTORY_MINUTES } from "./bar-history.js";
import { DueQueue } from "./due-queue.js";
import { KlinePush } from "./kline-push.js";
import { klineRows } from "./kline-rows.js";
import { chooseInstruments } from "./symbol-choice.js";
import { SymbolMarket } from "./symbol-market.js";
import { TakerOrder } from "./taker-order.js";
import type { HistoryStart } from "./trade-history.js";
import { TruthSum } from "./truth.js";

const TRADES_PER_SECOND_MAX = 1_000_000;
const TRADES_PER_SECOND_DEFAULT = 50;
/** Events that fall due within this time are handled by one timer. */
const TIMER_MIN_MILLIS = 5;
/** Orders handled in one go; what is left continues after other work had its turn. */
const ORDERS_PER_TURN = 5000;

/**
 * A market made up from a seed. What happens depends on seed, start time and rate alone; the clock decides only when
 * it is sent. Klines are aggregated from the trades in integers.
 */
export class SyntheticSource implements MarketSource {
  readonly instruments: readonly SimulatedInstrument[];
  readonly listedMillis: number;
  readonly exchangeInfoBody = undefined;
  readonly finished: Promise<void>;
  readonly #markets = new Map<string, SymbolMarket>();
  readonly #due = new DueQueue<SymbolMarket>();
  readonly #klines = new Map<string, KlinePush>();
  readonly #stepMillis: number;
  #nextStepMillis: number;
  /** Everything before this instant has happened. */
  #doneMicros: number;
  #publisher: StreamPublisher | undefined;
  #timer: TimerHandle | undefined;
  #finish: () => void = () => {};

  constructor(
    private readonly market: BinanceMarket,
    options: SyntheticSourceOptions,
    readonly seed: number,
    private readonly clock: Clock,
  ) {
    const rate = options.tradesPerSecond ?? TRADES_PER_SECOND_DEFAULT;
    if (!(rate >= 0 && rate <= TRADES_PER_SECOND_MAX)) {
      throw fail(
        "simulator.invalid-option",
        `tradesPerSecond ${rate}; 0 to ${TRADES_PER_SECOND_MAX} are possible`,
      );
    }
    const unusualShare = options.unusualTradeShare ?? 0;
    if (!(unusualShare >= 0 && unusualShare <= 1) || (unusualShare > 0 && market.name === "spot")) {
      throw fail(
        "simulator.invalid-option",
        `unusualTradeShare ${unusualShare}; 0 to 1 is possible, and only 0 on spot`,
      );
    }
    if (!Number.isInteger(seed) || seed < 0 || seed > 0xffffffff) {
      throw fail("simulator.invalid-option", `seed ${seed}; a whole number from 0 to 4294967295 is needed`);
    }
    const startMicros = clock.nowMicros();
    this.#doneMicros = startMicros;
    const startMillis = Math.floor(startMicros / 1000);
    this.listedMillis = Math.floor(startMillis / 60_000) * 60_000 - HISTORY_MINUTES * 60_000;
    this.#stepMillis = Math.min(...market.intervals.map((interval) => market.klinePaceMillis(interval)));
    this.#nextStepMillis = Math.ceil(startMillis / this.#stepMillis) * this.#stepMillis;
    this.instruments = chooseInstruments(market, startMillis, options.symbols);
    const trading = this.instruments.filter(({ status }) => status === "TRADING");
    const weights = trading.reduce((sum, { weight }) => sum + weight, 0);
    for (const instrument of this.instruments) {
      const share = instrument.status === "TRADING" ? instrument.weight / weights : 0;
      const symbolMarket = new SymbolMarket(
        market,
        instrument,
        seed,
        startMicros,
        rate * share,
        unusualShare,
      );
      this.#markets.set(instrument.symbol, symbolMarket);
      this.#due.add(symbolMarket);
    }
    this.finished = new Promise((resolve) => {
      this.#finish = resolve;
    });
  }

  start(publisher: StreamPublisher): void {
    this.#publisher = publisher;
    this.#schedule();
  }

  streamWanted(stream: string, wanted: boolean): void {
    const { subject, type, interval } = parseStreamName(stream);
    if (type !== "kline") return;
    this.#klines.delete(stream);
    const symbolMarket = this.#markets.get(subject.toUpperCase());
    if (!wanted || !symbolMarket || !this.market.intervals.includes(interval)) return;
    if (stream !== `${symbolMarket.instrument.symbol.toLowerCase()}@kline_${interval}`) return;
    const nowMillis = this.#catchUp();
    if (this.#klines.size === 0) {
      this.#nextStepMillis = (Math.floor(nowMillis / this.#stepMillis) + 1) * this.#stepMillis;
    }
    this.#klines.set(stream, new KlinePush(this.market, symbolMarket, stream, interval, nowMillis));
    this.#schedule();
  }

  klines(symbol: string, query: KlineQuery): readonly KlineRow[] {
    const symbolMarket = this.#markets.get(symbol);
    if (!symbolMarket) return [];
    return klineRows(symbolMarket.barsFor(query.interval, this.#catchUp()), query);
  }

  visitOrders(symbol: string, start: HistoryStart, order: TakerOrder, visit: () => boolean): void {
    this.#markets.get(symbol)?.history.visit(start, order, visit);
  }

  lastIds(symbol: string): { tradeId: number; aggregateId: number } | undefined {
    this.#catchUp();
    return this.#markets.get(symbol)?.lastIds;
  }

  truth(symbol: string, range?: { readonly fromTradeId: number; readonly toTradeId: number }): SymbolTruth {
    const symbolMarket = this.#markets.get(symbol);
    if (!symbolMarket) throw fail("simulator.unknown-symbol", `"${symbol}" is not listed in this simulator`);
    if (!range) return symbolMarket.truth.read(symbolMarket.instrument);
    const sum = new TruthSum();
    const order = new TakerOrder();
    symbolMarket.history.visit({ tradeId: range.fromTradeId }, order, () => {
      const from = Math.max(0, range.fromTradeId - order.firstTradeId);
      sum.add(order, from, Math.min(order.fillCount, range.toTradeId - order.firstTradeId + 1));
      return order.firstTradeId + order.fillCount <= range.toTradeId;
    });
    return sum.read(symbolMarket.instrument);
  }

  close(): Promise<void> {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#publisher = undefined;
    this.#finish();
    return Promise.resolve();
  }

  /**
   * Lets what is due by now happen, in order of time; a pace step goes before a trade of the same instant. Returns
   * the millisecond up to which all is done: less than now when there was more than one turn takes.
   */
  #catchUp(): number {
    const nowMicros = this.clock.nowMicros();
    const publisher = this.#publisher;
    for (let turn = 0; publisher && turn < ORDERS_PER_TURN; turn++) {
      const dueMicros = this.#dueMicros();
      if (dueMicros > nowMicros) {
        this.#doneMicros = nowMicros;
        break;
      }
      this.#doneMicros = dueMicros;
      if (this.#stepDueMicros() <= dueMicros) {
        for (const push of this.#klines.values()) push.step(this.#nextStepMillis, publisher);
        this.#nextStepMillis += this.#stepMillis;
      } else {
        this.#due.head!.trade(publisher);
        this.#due.headChanged();
      }
    }
    return Math.floor(this.#doneMicros / 1000);
  }

  #stepDueMicros(): number {
    return this.#klines.size > 0 ? this.#nextStepMillis * 1000 : Number.POSITIVE_INFINITY;
  }

  #dueMicros(): number {
    return Math.min(this.#stepDueMicros(), this.#due.head?.nextMicros ?? Number.POSITIVE_INFINITY);
  }

  #schedule(): void {
    if (!this.#publisher) return;
    this.#timer?.cancel();
    const dueMicros = this.#dueMicros();
    if (dueMicros === Number.POSITIVE_INFINITY) return;
    const untilDueMillis = (dueMicros - this.clock.nowMicros()) / 1000;
    const overdue = untilDueMillis < -TIMER_MIN_MILLIS;
    this.#timer = this.clock.setTimer(overdue ? 0 : Math.max(TIMER_MIN_MILLIS, untilDueMillis), () => {
      this.#catchUp();
      this.#schedule();
    });
  }
}
