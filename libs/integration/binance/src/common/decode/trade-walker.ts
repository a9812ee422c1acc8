import { Aggressor, TradeKind } from "@ims/common";
import type { TradeFields } from "@ims/traits";
import { type FrameCursor, isLetter, keyWord, NOWHERE } from "./frame-cursor.js";
import { Char } from "./json-chars.js";
import { Literal } from "./literal.js";
import type { SymbolWalker } from "./symbol-walker.js";

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

const MARKET = new Literal('"MARKET"');
const INSURANCE_FUND = new Literal('"INSURANCE_FUND"');
const AUTO_DELEVERAGING = new Literal('"ADL"');

const KEY_SEND_TIME = keyWord(Char.UpperE);
const KEY_EVENT_TIME = keyWord(Char.UpperT);
const KEY_ID = keyWord(Char.LowerT);
const KEY_AGGREGATE_ID = keyWord(Char.LowerA);
const KEY_PRICE = keyWord(Char.LowerP);
const KEY_QUANTITY = keyWord(Char.LowerQ);
const KEY_FIRST_ID = keyWord(Char.LowerF);
const KEY_LAST_ID = keyWord(Char.LowerL);
const KEY_MAKER = keyWord(Char.LowerM);
const KEY_KIND = keyWord(Char.UpperX);

/** Reads the fields of trade and aggTrade records straight into {@link TradeFields}. */
export class TradeWalker {
  constructor(
    private readonly cursor: FrameCursor,
    private readonly symbols: SymbolWalker,
  ) {}

  /**
   * The place of the closing brace, with `trade` holding all but the receive time; or {@link NOWHERE}. The order of
   * keys in which the venue prints them now is read without a look-up per key, any other one with it.
   *
   * @param start behind the event type
   */
  walk(start: number, trade: TradeFields, aggregate: boolean): number {
    const { cursor, symbols } = this;
    const { bytes } = cursor;
    const needed = aggregate ? AGGREGATE_NEEDS : TRADE_NEEDS;
    const { feed } = symbols;
    trade.kind = TradeKind.Regular;
    cursor.seen = needed;
    let at = aggregate ? this.usualAggregate(start, trade) : this.usualTrade(start, trade);
    if (at === NOWHERE) {
      symbols.feed = feed;
      trade.kind = TradeKind.Regular;
      cursor.seen = 0;
      at = start;
    }
    while (bytes[at] === Char.Comma) {
      at = this.field(at, trade, aggregate);
      if (at === NOWHERE) return NOWHERE;
    }
    if ((cursor.seen & needed) !== needed) return NOWHERE;
    if (!aggregate) {
      trade.firstTradeId = trade.tradeId;
      trade.lastTradeId = trade.tradeId;
    }
    trade.instrumentId = symbols.feed!.instrumentId;
    return at;
  }

  /** [Trade Streams]; futures print T behind E, and X. */
  private usualTrade(start: number, trade: TradeFields): number {
    const { cursor, symbols } = this;
    const { bytes } = cursor;
    let at = cursor.time(cursor.key(start, KEY_SEND_TIME));
    trade.sendMicros = cursor.value;
    const isFuture = bytes[at + 2] === Char.UpperT;
    if (isFuture) {
      at = cursor.time(cursor.key(at, KEY_EVENT_TIME));
      trade.eventMicros = cursor.value;
    }
    at = symbols.usualSymbol(at);
    at = cursor.whole(cursor.key(at, KEY_ID));
    trade.tradeId = cursor.value;
    at = cursor.decimal(cursor.key(at, KEY_PRICE), trade.price);
    at = cursor.decimal(cursor.key(at, KEY_QUANTITY), trade.quantity);
    if (isFuture) {
      at = cursor.literal(cursor.key(at, KEY_KIND), MARKET);
      cursor.seen |= Seen.Kind;
    } else {
      at = cursor.time(cursor.key(at, KEY_EVENT_TIME));
      trade.eventMicros = cursor.value;
    }
    return this.maker(cursor.key(at, KEY_MAKER), trade);
  }

  /** [Aggregate Trade Streams]; futures print a in front of s, and nq behind q. */
  private usualAggregate(start: number, trade: TradeFields): number {
    const { cursor, symbols } = this;
    const { bytes } = cursor;
    let at = cursor.time(cursor.key(start, KEY_SEND_TIME));
    trade.sendMicros = cursor.value;
    const isFuture = bytes[at + 2] === Char.LowerA;
    if (!isFuture) at = symbols.usualSymbol(at);
    at = cursor.whole(cursor.key(at, KEY_AGGREGATE_ID));
    trade.tradeId = cursor.value;
    if (isFuture) at = symbols.usualSymbol(at);
    at = cursor.decimal(cursor.key(at, KEY_PRICE), trade.price);
    at = cursor.decimal(cursor.key(at, KEY_QUANTITY), trade.quantity);
    if (bytes[at + 3] !== Char.Quote) at = symbols.longKey(at);
    at = cursor.whole(cursor.key(at, KEY_FIRST_ID));
    trade.firstTradeId = cursor.value;
    at = cursor.whole(cursor.key(at, KEY_LAST_ID));
    trade.lastTradeId = cursor.value;
    at = cursor.time(cursor.key(at, KEY_EVENT_TIME));
    trade.eventMicros = cursor.value;
    return this.maker(cursor.key(at, KEY_MAKER), trade);
  }

  /** `m`: the buyer is the market maker, so the seller took liquidity. */
  private maker(at: number, trade: TradeFields): number {
    const { cursor } = this;
    const next = cursor.boolean(at);
    trade.aggressor = cursor.isTrue ? Aggressor.Seller : Aggressor.Buyer;
    return next;
  }

  /** One `,"k":value` with a key of one or two letters. */
  private field(at: number, trade: TradeFields, aggregate: boolean): number {
    const { cursor, symbols } = this;
    const { bytes } = cursor;
    if (bytes[at + 1] !== Char.Quote) return NOWHERE;
    if (bytes[at + 3] !== Char.Quote || bytes[at + 4] !== Char.Colon) return symbols.longKey(at);
    const value = at + 5;
    const key = bytes[at + 2]!;
    switch (key) {
      case Char.UpperE:
      case Char.UpperT:
      case Char.LowerT:
      case Char.LowerA:
      case Char.LowerF:
      case Char.LowerL:
        return this.number(value, key, trade, aggregate);
      case Char.LowerP:
        return cursor.first(Seen.Price) ? cursor.decimal(value, trade.price) : NOWHERE;
      case Char.LowerQ:
        return cursor.first(Seen.Quantity) ? cursor.decimal(value, trade.quantity) : NOWHERE;
      case Char.LowerS:
        return cursor.first(Seen.Symbol) ? symbols.symbol(value) : NOWHERE;
      case Char.LowerM:
        return cursor.first(Seen.Maker) ? this.maker(value, trade) : NOWHERE;
      case Char.UpperX:
        return cursor.first(Seen.Kind) ? this.kind(value, trade) : NOWHERE;
      default:
        // `e` again would change the event type.
        return isLetter(key) && key !== Char.LowerE ? cursor.skip(value) : NOWHERE;
    }
  }

  private number(at: number, key: number, trade: TradeFields, aggregate: boolean): number {
    const { cursor } = this;
    const isTime = key === Char.UpperE || key === Char.UpperT;
    // Only one of `t` and `a` is the id; `f` and `l` are ids of aggregates. Older spot trades have order ids in `a`, `b`.
    if (!isTime && (key === Char.LowerT) === aggregate) return cursor.skip(at);
    const next = isTime ? cursor.time(at) : cursor.whole(at);
    switch (key) {
      case Char.UpperE:
        trade.sendMicros = cursor.value;
        return cursor.first(Seen.SendTime) ? next : NOWHERE;
      case Char.UpperT:
        trade.eventMicros = cursor.value;
        return cursor.first(Seen.EventTime) ? next : NOWHERE;
      case Char.LowerF:
        trade.firstTradeId = cursor.value;
        return cursor.first(Seen.FirstId) ? next : NOWHERE;
      case Char.LowerL:
        trade.lastTradeId = cursor.value;
        return cursor.first(Seen.LastId) ? next : NOWHERE;
      default:
        trade.tradeId = cursor.value;
        return cursor.first(Seen.Id) ? next : NOWHERE;
    }
  }

  private kind(at: number, trade: TradeFields): number {
    const { cursor } = this;
    switch (cursor.bytes[at + 1]) {
      case Char.UpperM:
        return cursor.literal(at, MARKET);
      case Char.UpperI:
        trade.kind = TradeKind.InsuranceFund;
        return cursor.literal(at, INSURANCE_FUND);
      case Char.UpperA:
        trade.kind = TradeKind.AutoDeleveraging;
        return cursor.literal(at, AUTO_DELEVERAGING);
      default:
        return NOWHERE;
    }
  }
}
