const BUCKET_MICROS = 100;
const BUCKETS = 600_000;
const TWO_32 = 4_294_967_296n;

/**
 * A sink that keeps of every instrument what proves that nothing is missing: how many trades, from which id to which,
 * each id one more than that before it, and their exact quantity; of tops, that their update ids rise. Lags are those of
 * trades, since tops on spot have no time.
 */
export class CountingSink {
  accepting = true;
  tradeCount = 0;
  topCount = 0;
  /** Trades whose id is not that before it plus one, and tops whose id does not rise. */
  disorderCount = 0;
  rejectedCount = 0;
  gapCount = 0;
  #instruments = [];
  #numbers = new Map();
  #lags = new Uint32Array(BUCKETS);

  constructor(nowMicros) {
    this.nowMicros = nowMicros;
  }

  register({ symbol }) {
    let number = this.#numbers.get(symbol);
    if (number === undefined) {
      number = this.#instruments.length;
      this.#numbers.set(symbol, number);
      this.#instruments.push({
        symbol,
        fromTradeId: 0,
        toTradeId: 0,
        tradeCount: 0,
        updateId: 0,
        lowSum: 0.5,
        highSum: 0.5,
        scale: 0,
      });
    }
    return number;
  }

  trade({ eventMicros, instrumentId, quantity, tradeId }) {
    this.tradeCount++;
    const one = this.#instruments[instrumentId];
    if (one.tradeCount === 0) {
      one.fromTradeId = tradeId;
      one.scale = quantity.scale;
    } else if (tradeId !== one.toTradeId + 1 || quantity.scale !== one.scale) {
      this.disorderCount++;
    }
    one.toTradeId = tradeId;
    one.tradeCount++;
    one.lowSum += quantity.lo >>> 0;
    one.highSum += quantity.hi;
    const bucket = Math.floor((this.nowMicros() - eventMicros) / BUCKET_MICROS);
    this.#lags[Math.min(BUCKETS - 1, Math.max(0, bucket))]++;
  }

  topOfBook({ instrumentId, updateId }) {
    this.topCount++;
    const one = this.#instruments[instrumentId];
    if (updateId <= one.updateId) this.disorderCount++;
    one.updateId = updateId;
  }

  rejected() {
    this.rejectedCount++;
  }

  gap() {
    this.gapCount++;
  }

  bar() {}
  bookSnapshot() {}
  bookDelta() {}
  markPrice() {}
  orderSnapshot() {}
  order() {}
  liquidation() {}
  ticker() {}
  feedStatus() {}
  instrument() {}

  whenAccepting() {
    return Promise.resolve();
  }

  /** What arrived of each symbol that traded. */
  ranges() {
    return this.#instruments
      .filter(({ tradeCount }) => tradeCount > 0)
      .map(({ symbol, fromTradeId, toTradeId, tradeCount, lowSum, highSum, scale }) => ({
        symbol,
        fromTradeId,
        toTradeId,
        tradeCount,
        quantityScale: scale,
        quantitySum: String(BigInt(Math.floor(highSum)) * TWO_32 + BigInt(Math.floor(lowSum))),
      }));
  }

  clearLags() {
    this.#lags.fill(0);
  }

  /** The lag, in milliseconds, that a share of the trades stayed below. */
  lagMillis(share) {
    const total = this.#lags.reduce((sum, count) => sum + count, 0);
    let left = total * share;
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      left -= this.#lags[bucket];
      if (left <= 0 && total > 0) return ((bucket + 1) * BUCKET_MICROS) / 1000;
    }
    return 0;
  }

  /** Lags by the share, in percent, of the trades that stayed below. */
  lags() {
    return Object.fromEntries(
      [50, 90, 99, 99.9, 100].map((percent) => [percent, this.lagMillis(percent / 100)]),
    );
  }
}
