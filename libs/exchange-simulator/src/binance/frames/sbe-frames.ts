/**
 * Frames of the spot market-data streams in SBE, schema 1 version 0, little endian; "SBE Market Data Streams" of the
 * spot documentation. Every number of a frame's layout stands in this file.
 */

const SCHEMA_ID = 1;
const HEADER_BYTES = 8;
const TRADES = { template: 10000, block: 18, entry: 25, dimension: 6 } as const;
const BEST_BID_ASK = { template: 10001, block: 50 } as const;
const DEPTH_SNAPSHOT = { template: 10002, block: 18 } as const;
const DEPTH_DIFF = { template: 10003, block: 26 } as const;
const LEVEL_BYTES = 16;
const LEVELS_DIMENSION_BYTES = 4;

/** Price and quantity as the JSON streams print them. */
export type PrintedLevel = readonly [price: string, quantity: string];

export interface SbeTrade {
  readonly tradeId: number;
  readonly level: PrintedLevel;
  readonly buyerIsMaker: boolean;
}

/** Mantissas that share the exponent of their frame. */
interface Mantissas {
  readonly exponent: number;
  readonly values: readonly bigint[];
}

/**
 * Writes frames. Every other one has an exponent of as many digits as were printed, those between as few as its values
 * need: the venue promises no exponent, so a reader must not learn one.
 */
export class SbeFrames {
  #count = 0;

  /** Template 10000; trades of one taker order share a frame. */
  trades(sendMicros: number, tradeMicros: number, trades: readonly SbeTrade[], symbol: string): Buffer {
    const [prices, quantities] = this.#mantissas(trades.map(({ level }) => level));
    const name = Buffer.from(symbol);
    const { block, dimension, entry, template } = TRADES;
    const frame = new Writer(HEADER_BYTES + block + dimension + trades.length * entry + 1 + name.length);
    frame.header(block, template).int64(sendMicros).int64(tradeMicros);
    frame.int8(prices.exponent).int8(quantities.exponent);
    frame.uint16(entry).uint32(trades.length);
    trades.forEach(({ buyerIsMaker, tradeId }, at) => {
      frame.int64(tradeId).int64(prices.values[at]!).int64(quantities.values[at]!);
      frame.int8(buyerIsMaker ? 1 : 0);
    });
    return frame.text(name).bytes;
  }

  /** Template 10001. */
  bestBidAsk(
    sendMicros: number,
    updateId: number,
    bid: PrintedLevel,
    ask: PrintedLevel,
    symbol: string,
  ): Buffer {
    const [prices, quantities] = this.#mantissas([bid, ask]);
    const name = Buffer.from(symbol);
    const { block, template } = BEST_BID_ASK;
    const frame = new Writer(HEADER_BYTES + block + 1 + name.length);
    frame.header(block, template).int64(sendMicros).int64(updateId);
    frame.int8(prices.exponent).int8(quantities.exponent);
    for (const at of [0, 1]) frame.int64(prices.values[at]!).int64(quantities.values[at]!);
    return frame.text(name).bytes;
  }

  /** Template 10002. */
  depthSnapshot(
    sendMicros: number,
    updateId: number,
    bids: readonly PrintedLevel[],
    asks: readonly PrintedLevel[],
    symbol: string,
  ): Buffer {
    const { block, template } = DEPTH_SNAPSHOT;
    return this.#book(block, template, [sendMicros, updateId], bids, asks, symbol);
  }

  /** Template 10003. */
  depthDiff(
    sendMicros: number,
    firstUpdateId: number,
    lastUpdateId: number,
    bids: readonly PrintedLevel[],
    asks: readonly PrintedLevel[],
    symbol: string,
  ): Buffer {
    const { block, template } = DEPTH_DIFF;
    return this.#book(block, template, [sendMicros, firstUpdateId, lastUpdateId], bids, asks, symbol);
  }

  #book(
    block: number,
    template: number,
    numbers: readonly number[],
    bids: readonly PrintedLevel[],
    asks: readonly PrintedLevel[],
    symbol: string,
  ): Buffer {
    const [prices, quantities] = this.#mantissas([...bids, ...asks]);
    const name = Buffer.from(symbol);
    const levels = 2 * LEVELS_DIMENSION_BYTES + (bids.length + asks.length) * LEVEL_BYTES;
    const frame = new Writer(HEADER_BYTES + block + levels + 1 + name.length);
    frame.header(block, template);
    for (const number of numbers) frame.int64(number);
    frame.int8(prices.exponent).int8(quantities.exponent);
    let at = 0;
    for (const side of [bids, asks]) {
      frame.uint16(LEVEL_BYTES).uint16(side.length);
      for (let left = side.length; left > 0; left--, at++) {
        frame.int64(prices.values[at]!).int64(quantities.values[at]!);
      }
    }
    return frame.text(name).bytes;
  }

  #mantissas(levels: readonly PrintedLevel[]): readonly [prices: Mantissas, quantities: Mantissas] {
    const asPrinted = this.#count++ % 2 === 0;
    return [
      mantissasOf(
        levels.map(([price]) => price),
        asPrinted,
      ),
      mantissasOf(
        levels.map(([, quantity]) => quantity),
        asPrinted,
      ),
    ];
  }
}

/** A frame of a later version of the schema: its block is longer by an octet that this version does not know. */
export function withLongerBlock(bytes: Uint8Array): Uint8Array {
  const frame = Buffer.from(bytes);
  const block = frame.readUInt16LE(0);
  const end = HEADER_BYTES + block;
  const longer = Buffer.concat([frame.subarray(0, end), Buffer.from([0x5a]), frame.subarray(end)]);
  longer.writeUInt16LE(block + 1, 0);
  longer.writeUInt16LE(frame.readUInt16LE(6) + 1, 6);
  return longer;
}

function mantissasOf(texts: readonly string[], asPrinted: boolean): Mantissas {
  const parts = texts.map((text) => {
    const [whole = "", printed = ""] = text.split(".");
    return { whole, fraction: asPrinted ? printed : printed.replace(/0+$/, "") };
  });
  const digits = parts.reduce((most, { fraction }) => Math.max(most, fraction.length), 0);
  return {
    exponent: -digits,
    values: parts.map(({ fraction, whole }) => BigInt(`${whole}${fraction.padEnd(digits, "0")}`)),
  };
}

/** Fills a frame from its start. */
class Writer {
  readonly bytes: Buffer;
  #at = 0;

  constructor(length: number) {
    this.bytes = Buffer.alloc(length);
  }

  header(block: number, template: number): this {
    return this.uint16(block).uint16(template).uint16(SCHEMA_ID).uint16(0);
  }

  int8(value: number): this {
    this.#at = this.bytes.writeInt8(value, this.#at);
    return this;
  }

  uint16(value: number): this {
    this.#at = this.bytes.writeUInt16LE(value, this.#at);
    return this;
  }

  uint32(value: number): this {
    this.#at = this.bytes.writeUInt32LE(value, this.#at);
    return this;
  }

  int64(value: number | bigint): this {
    this.#at = this.bytes.writeBigInt64LE(BigInt(value), this.#at);
    return this;
  }

  /** Of at most 255 octets. */
  text(octets: Buffer): this {
    this.#at = this.bytes.writeUInt8(octets.length, this.#at);
    this.#at += octets.copy(this.bytes, this.#at);
    return this;
  }
}
