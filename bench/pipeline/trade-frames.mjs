const ID_DIGITS = 10;
const TIME_DIGITS = 16;
const FIRST_ID = 1_000_000_000;

/**
 * Frames of Binance spot's `@trade` streams with times in microseconds, written once; only ids and times change from
 * use to use. Ids of a symbol follow one another, so that a frame that is lost is noticed.
 */
export class TradeFrames {
  #frames;
  /** The time that frames get, in digits. */
  #time = Buffer.alloc(TIME_DIGITS);

  /**
   * @param symbols upper-case names, in turn
   * @param frameCount given out one after the other, again and again
   * @param headBytes room in front of each frame, for a WebSocket header
   */
  constructor(symbols, frameCount, headBytes = 0) {
    const texts = Array.from({ length: frameCount }, (_, index) =>
      frame(symbols[index % symbols.length], index),
    );
    const total = texts.reduce((sum, text) => sum + headBytes + text.length, 0);
    this.bytes = Buffer.alloc(total);
    this.setTime(nowMicros());
    let at = 0;
    this.#frames = texts.map((text, index) => {
      const start = at + headBytes;
      const symbol = index % symbols.length;
      this.bytes.write(text, start, "latin1");
      at = start + text.length;
      const idAt = start + text.indexOf('"t":') + 4;
      // How often the symbol comes before all frames were given out.
      const idStep = Math.ceil((frameCount - symbol) / symbols.length);
      // Before the first use.
      digits(this.bytes, idAt, FIRST_ID + Math.floor(index / symbols.length) - idStep, ID_DIGITS);
      return {
        idStep,
        head: start - headBytes,
        view: this.bytes.subarray(start, at),
        end: at,
        idAt,
        eventAt: start + text.indexOf('"E":') + 4,
        tradeAt: start + text.indexOf('"T":') + 4,
      };
    });
    for (let index = 0; index < frameCount; index++) this.#stampTime(index);
  }

  get count() {
    return this.#frames.length;
  }

  frame(index) {
    return this.#frames[index];
  }

  /** The time of the frames that are stamped from now on. */
  setTime(micros) {
    digits(this.#time, 0, micros, TIME_DIGITS);
  }

  /** Gives a frame its symbol's next id, and the time. To be called for all frames in turn. */
  stamp(index) {
    this.nextId(index);
    this.#stampTime(index);
  }

  /** Gives a frame its symbol's next id alone. */
  nextId(index) {
    const { idAt, idStep } = this.#frames[index];
    let carry = idStep;
    for (let at = idAt + ID_DIGITS - 1; carry > 0; at--) {
      const sum = this.bytes[at] - 48 + carry;
      carry = Math.floor(sum / 10);
      this.bytes[at] = 48 + (sum - 10 * carry);
    }
  }

  #stampTime(index) {
    const { eventAt, tradeAt } = this.#frames[index];
    this.bytes.set(this.#time, eventAt);
    this.bytes.set(this.#time, tradeAt);
  }
}

function frame(symbol, index) {
  const price = (61_000 + ((index * 7919) % 100_000) / 100).toFixed(8);
  const quantity = (((index * 104_729) % 999_983) / 10_000 + 0.0001).toFixed(8);
  const time = "1".repeat(TIME_DIGITS);
  return `{"stream":"${symbol.toLowerCase()}@trade","data":{"e":"trade","E":${time},"s":"${symbol}","t":${"1".repeat(ID_DIGITS)},"p":"${price}","q":"${quantity}","T":${time},"m":${index % 2 === 0},"M":true}}`;
}

function digits(bytes, at, value, count) {
  let rest = value;
  for (let index = at + count - 1; index >= at; index--) {
    const tens = Math.floor(rest / 10);
    bytes[index] = 48 + (rest - 10 * tens);
    rest = tens;
  }
}

// The global is a getter.
const timer = performance;
const { timeOrigin } = timer;

export const nowMicros = () => Math.round((timeOrigin + timer.now()) * 1000);
