const ID_DIGITS = 10;
const TIME_DIGITS = 16;
const FIRST_ID = 1_000_000_000;

/**
 * Frames of Binance spot's `@trade` streams with times in microseconds, written once; only ids and times change from
 * use to use. Ids of a symbol follow one another, so that a frame that is lost is noticed.
 */
export class TradeFrames {
  #frames;
  #next;

  /** @param symbols upper-case names, in turn  @param headBytes room in front of each frame, for a WebSocket header */
  constructor(symbols, frameCount, headBytes = 0) {
    this.#next = symbols.map(() => FIRST_ID);
    const texts = Array.from({ length: frameCount }, (_, index) =>
      frame(symbols[index % symbols.length], index),
    );
    const total = texts.reduce((sum, text) => sum + headBytes + text.length, 0);
    this.bytes = Buffer.alloc(total);
    let at = 0;
    this.#frames = texts.map((text, index) => {
      const start = at + headBytes;
      this.bytes.write(text, start, "latin1");
      at = start + text.length;
      return {
        symbol: index % symbols.length,
        idStep: Math.ceil((frameCount - (index % symbols.length)) / symbols.length),
        head: start - headBytes,
        view: this.bytes.subarray(start, at),
        end: at,
        idAt: start + text.indexOf('"t":') + 4,
        eventAt: start + text.indexOf('"E":') + 4,
        tradeAt: start + text.indexOf('"T":') + 4,
      };
    });
  }

  get count() {
    return this.#frames.length;
  }

  frame(index) {
    return this.#frames[index];
  }

  /** Gives a frame that was stamped before the id that its symbol has after all frames were given out once more. */
  nextId(index) {
    const { idAt, idStep } = this.#frames[index];
    let carry = idStep;
    for (let at = idAt + ID_DIGITS - 1; carry > 0; at--) {
      const sum = this.bytes[at] - 48 + carry;
      carry = Math.floor(sum / 10);
      this.bytes[at] = 48 + (sum - 10 * carry);
    }
  }

  /** Gives a frame its symbol's next id, and this time. */
  stamp(index, micros) {
    const { eventAt, idAt, symbol, tradeAt } = this.#frames[index];
    digits(this.bytes, idAt, this.#next[symbol]++, ID_DIGITS);
    digits(this.bytes, eventAt, micros, TIME_DIGITS);
    this.bytes.copyWithin(tradeAt, eventAt, eventAt + TIME_DIGITS);
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

export const nowMicros = () => Math.round((performance.timeOrigin + performance.now()) * 1000);
