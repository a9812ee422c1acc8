import { Aggressor, DecimalParse, parseDecimalBytes, TradeKind } from "@ims/common";
import type { TradeFields } from "@ims/traits";
import { type FeedTable, HASH_FACTOR, HASH_START } from "./feed-table.js";
import type { InstrumentFeed } from "./instrument-feed.js";
import { Char } from "./json-chars.js";
import { microsOf } from "./venue-time.js";

/** Fields found, as bits; every trade needs those of its event type. */
const Seen = {
  SendTime: 1,
  Symbol: 2,
  Id: 4,
  Price: 8,
  Quantity: 16,
  EventTime: 32,
  Maker: 64,
  FirstId: 128,
  LastId: 256,
  Kind: 512,
} as const;
const TRADE_NEEDS = 1 | 2 | 4 | 8 | 16 | 32 | 64;
const AGGREGATE_NEEDS = TRADE_NEEDS | 128 | 256;

/** A whole number of so many digits is exact; longer ones are left to the general parser. */
const DIGITS_MAX = 15;

const POWERS_OF_TEN = Array.from({ length: DIGITS_MAX + 1 }, (_, exponent) => 10 ** exponent);

const WRAPPER_HEAD = bytesOf('{"stream":"');
const DATA_HEAD = bytesOf(',"data":{');
const EVENT_KEY = bytesOf('"e":"');
const TRADE_EVENT = bytesOf('trade"');
const AGGREGATE_EVENT = bytesOf('aggTrade"');
const MARKET = bytesOf("MARKET");
const INSURANCE_FUND = bytesOf("INSURANCE_FUND");
const AUTO_DELEVERAGING = bytesOf("ADL");

/**
 * Reads the frequent shape of trade and aggTrade frames straight from their bytes:
 * `{"stream":"…","data":{"e":"trade",…}}`, or the inner object alone, without blanks, values flat, in any key order
 * after `e`. Keys it does not know are stepped over. Prices go from digits to mantissa.
 *
 * It never refuses: whatever it is not sure of it leaves to the general parser, so it must only ever accept what that
 * one would read in the same way. Every byte of an accepted frame has been looked at.
 */
export class TradeWalker {
  /** The instrument of the frame last accepted. */
  feed: InstrumentFeed | undefined;
  /** Where the walk stands; fields, because one number is all that a method can return without an object. */
  private at = 0;
  private seen = 0;
  private end = 0;

  constructor(private readonly table: FeedTable) {}

  /** True if `trade` holds the frame's trade, all but its receive time; false if the general parser must look. */
  walk(bytes: Uint8Array, trade: TradeFields): boolean {
    const end = bytes.length;
    // The last byte stops every scan for digits, so that only scans for quotes check the end.
    if (end < 40 || bytes[end - 1] !== Char.CloseBrace) return false;
    this.end = end;
    this.seen = 0;
    let closing = 1;
    if (bytes[2] === Char.LowerS) {
      if (!this.enterWrapper(bytes)) return false;
      closing = 2;
    } else if (bytes[0] === Char.OpenBrace) {
      this.at = 1;
    } else return false;
    if (!this.literal(bytes, EVENT_KEY)) return false;
    const aggregate = bytes[this.at] === Char.LowerA;
    if (!this.literal(bytes, aggregate ? AGGREGATE_EVENT : TRADE_EVENT)) return false;
    trade.kind = TradeKind.Regular;
    while (bytes[this.at] === Char.Comma) {
      if (!this.field(bytes, trade, aggregate)) return false;
    }
    const needed = aggregate ? AGGREGATE_NEEDS : TRADE_NEEDS;
    if ((this.seen & needed) !== needed) return false;
    if (this.at + closing !== end || bytes[this.at] !== Char.CloseBrace) return false;
    if (!aggregate) {
      trade.firstTradeId = trade.tradeId;
      trade.lastTradeId = trade.tradeId;
    }
    return isPositive(trade.price.lo, trade.price.hi) && isPositive(trade.quantity.lo, trade.quantity.hi);
  }

  private enterWrapper(bytes: Uint8Array): boolean {
    this.at = 0;
    return this.literal(bytes, WRAPPER_HEAD) && this.skipString(bytes) && this.literal(bytes, DATA_HEAD);
  }

  /** One `,"k":value` with a key of one or two letters. */
  private field(bytes: Uint8Array, trade: TradeFields, aggregate: boolean): boolean {
    const at = this.at;
    if (at + 5 >= this.end || bytes[at + 1] !== Char.Quote) return false;
    const key = bytes[at + 2]!;
    if (bytes[at + 3] !== Char.Quote || bytes[at + 4] !== Char.Colon) return this.twoLetterField(bytes, key);
    this.at = at + 5;
    let value: number;
    switch (key) {
      case Char.UpperE:
        value = this.digits(bytes, Seen.SendTime);
        trade.sendMicros = microsOf(value);
        return value >= 0;
      case Char.UpperT:
        value = this.digits(bytes, Seen.EventTime);
        trade.eventMicros = microsOf(value);
        return value >= 0;
      case Char.LowerS:
        return this.symbol(bytes, trade);
      case Char.LowerP:
        return this.decimal(bytes, trade.price, Seen.Price);
      case Char.LowerQ:
        return this.decimal(bytes, trade.quantity, Seen.Quantity);
      case Char.LowerM:
        return this.maker(bytes, trade);
      case Char.UpperX:
        return this.kind(bytes, trade);
      case Char.LowerT:
        if (aggregate) return this.skipValue(bytes);
        trade.tradeId = this.digits(bytes, Seen.Id);
        return trade.tradeId >= 0;
      case Char.LowerA:
        if (!aggregate) return this.skipValue(bytes);
        trade.tradeId = this.digits(bytes, Seen.Id);
        return trade.tradeId >= 0;
      case Char.LowerF:
        if (!aggregate) return this.skipValue(bytes);
        trade.firstTradeId = this.digits(bytes, Seen.FirstId);
        return trade.firstTradeId >= 0;
      case Char.LowerL:
        if (!aggregate) return this.skipValue(bytes);
        trade.lastTradeId = this.digits(bytes, Seen.LastId);
        return trade.lastTradeId >= 0;
      default:
        // `e` again would change the event type.
        return isLetter(key) && key !== Char.LowerE && this.skipValue(bytes);
    }
  }

  private twoLetterField(bytes: Uint8Array, key: number): boolean {
    const at = this.at;
    if (at + 6 >= this.end || bytes[at + 4] !== Char.Quote || bytes[at + 5] !== Char.Colon) return false;
    if (!isLetter(key) || !isLetter(bytes[at + 3]!)) return false;
    this.at = at + 6;
    return this.skipValue(bytes);
  }

  /** False on the second time: the general parser lets the last of equal keys win. */
  private first(field: number): boolean {
    const isFirst = (this.seen & field) === 0;
    this.seen |= field;
    return isFirst;
  }

  /** A whole number without sign, or -1. Two runs of digits that each fit a machine integer, joined at the end. */
  private digits(bytes: Uint8Array, field: number): number {
    const start = this.at;
    let at = start;
    let head = 0;
    let digit = bytes[at]! - Char.Zero;
    for (
      const headEnd = start + 8;
      digit >= 0 && digit <= 9 && at < headEnd;
      digit = bytes[++at]! - Char.Zero
    ) {
      head = (head * 10 + digit) | 0;
    }
    let tail = 0;
    const tailStart = at;
    for (const tailEnd = at + 8; digit >= 0 && digit <= 9 && at < tailEnd; digit = bytes[++at]! - Char.Zero) {
      tail = (tail * 10 + digit) | 0;
    }
    this.at = at;
    const length = at - start;
    if (length === 0 || length > DIGITS_MAX || !this.first(field)) return -1;
    if (length > 1 && bytes[start] === Char.Zero) return -1;
    return at === tailStart ? head : head * POWERS_OF_TEN[at - tailStart]! + tail;
  }

  private decimal(bytes: Uint8Array, cell: TradeFields["price"], field: number): boolean {
    if (bytes[this.at] !== Char.Quote || !this.first(field)) return false;
    const start = this.at + 1;
    let at = start;
    while (at < this.end && bytes[at] !== Char.Quote) at++;
    this.at = at + 1;
    return parseDecimalBytes(bytes, start, at, cell) === DecimalParse.Ok;
  }

  private symbol(bytes: Uint8Array, trade: TradeFields): boolean {
    if (bytes[this.at] !== Char.Quote || !this.first(Seen.Symbol)) return false;
    const start = this.at + 1;
    let at = start;
    let hash = HASH_START;
    for (; at < this.end && bytes[at] !== Char.Quote; at++)
      hash = (Math.imul(hash, HASH_FACTOR) + bytes[at]!) | 0;
    this.at = at + 1;
    const feed = this.table.findBytes(bytes, start, at, hash);
    if (feed === undefined) return false;
    this.feed = feed;
    trade.instrumentId = feed.instrumentId;
    return true;
  }

  /** [Trade Streams] `m`: the buyer is the market maker, so the seller took liquidity. */
  private maker(bytes: Uint8Array, trade: TradeFields): boolean {
    if (!this.first(Seen.Maker)) return false;
    trade.aggressor = bytes[this.at] === Char.LowerT ? Aggressor.Seller : Aggressor.Buyer;
    return this.boolean(bytes);
  }

  private kind(bytes: Uint8Array, trade: TradeFields): boolean {
    if (bytes[this.at] !== Char.Quote || !this.first(Seen.Kind)) return false;
    this.at++;
    switch (bytes[this.at]) {
      case Char.UpperM:
        break;
      case Char.UpperI:
        trade.kind = TradeKind.InsuranceFund;
        return this.literal(bytes, INSURANCE_FUND) && this.quote(bytes);
      case Char.UpperA:
        trade.kind = TradeKind.AutoDeleveraging;
        return this.literal(bytes, AUTO_DELEVERAGING) && this.quote(bytes);
      default:
        return false;
    }
    return this.literal(bytes, MARKET) && this.quote(bytes);
  }

  /** A flat value whose content does not matter: plain string, whole number, true, false or null. */
  private skipValue(bytes: Uint8Array): boolean {
    const first = bytes[this.at]!;
    if (first === Char.Quote) {
      this.at++;
      return this.skipString(bytes);
    }
    if (first >= Char.Zero && first <= Char.Nine) return this.digits(bytes, 0x40000000) >= 0 && this.forget();
    return this.boolean(bytes);
  }

  /** Unknown keys may stand twice. */
  private forget(): boolean {
    this.seen &= 0x3fffffff;
    return true;
  }

  private boolean(bytes: Uint8Array): boolean {
    const at = this.at;
    if (at + 4 >= this.end) return false;
    if (bytes[at] === Char.LowerT) {
      this.at = at + 4;
      return bytes[at + 1] === Char.LowerR && bytes[at + 2] === Char.LowerU && bytes[at + 3] === Char.LowerE;
    }
    this.at = at + 5;
    return (
      bytes[at] === Char.LowerF &&
      bytes[at + 1] === Char.LowerA &&
      bytes[at + 2] === Char.LowerL &&
      bytes[at + 3] === Char.LowerS &&
      bytes[at + 4] === Char.LowerE
    );
  }

  /** To behind the closing quote, if the string has no escape and no control character. */
  private skipString(bytes: Uint8Array): boolean {
    let at = this.at;
    for (; at < this.end; at++) {
      const char = bytes[at]!;
      if (char === Char.Quote) break;
      if (char < Char.Space || char === Char.Backslash) return false;
    }
    this.at = at + 1;
    return at < this.end;
  }

  private quote(bytes: Uint8Array): boolean {
    return bytes[this.at++] === Char.Quote;
  }

  private literal(bytes: Uint8Array, literal: Uint8Array): boolean {
    const at = this.at;
    const length = literal.length;
    if (at + length > this.end) return false;
    for (let index = 0; index < length; index++) {
      if (bytes[at + index] !== literal[index]) return false;
    }
    this.at = at + length;
    return true;
  }
}

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function isLetter(char: number): boolean {
  const lower = char | 0x20;
  return lower >= 0x61 && lower <= 0x7a;
}

function isPositive(lo: number, hi: number): boolean {
  return hi > 0 || (hi === 0 && lo !== 0);
}
