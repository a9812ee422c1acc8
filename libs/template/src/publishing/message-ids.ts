import { DataType, type ExchangeId } from "@ims/common";
import type { BarFields, TradeFields } from "@ims/traits";

const TWO_32 = 4294967296;

/**
 * 128-bit message ids as four 32-bit words, lowest first. They depend only on what the venue said, so a record that is
 * published again (sent twice, back-filled, read by another instance) carries the id that it had before.
 *
 * ```
 * word 0, 1   trade id; of a bar the event time in 53 bits and the lowest 11 bits of its trade count
 * word 2      instrument id
 * word 3      exchange (8 bits), data type (8), resolution (8), state of a bar or kind of a trade (8)
 * ```
 */
export class MessageIds {
  /** Written by the methods below and read at once by the caller. */
  readonly words = new Uint32Array(4);

  constructor(private readonly exchange: ExchangeId) {}

  trade(trade: TradeFields): Uint32Array {
    const { words } = this;
    words[0] = trade.tradeId;
    words[1] = Math.floor(trade.tradeId / TWO_32);
    words[2] = trade.instrumentId;
    words[3] = (this.exchange << 24) | (DataType.Trade << 16) | trade.kind;
    return words;
  }

  bar(bar: BarFields): Uint32Array {
    const { words } = this;
    const micros = bar.eventMicros || bar.openMicros;
    words[0] = micros;
    words[1] = Math.floor(micros / TWO_32) | ((bar.tradeCount & 0x7ff) << 21);
    words[2] = bar.instrumentId;
    words[3] = (this.exchange << 24) | (DataType.Bar << 16) | (bar.resolution << 8) | bar.state;
    return words;
  }
}

/** The words as the one value that the broker's client takes for single messages. */
export function messageIdOf(words: Uint32Array): bigint {
  const low = (BigInt(words[1]!) << 32n) | BigInt(words[0]!);
  const high = (BigInt(words[3]!) << 32n) | BigInt(words[2]!);
  return (high << 64n) | low;
}
