import { Aggressor, TradeKind } from "@ims/common";
import {
  Char,
  createTradeFields,
  type FrameBytes,
  Literal,
  NOWHERE,
  type OpenFeed,
  setSafe,
} from "@ims/integration-kit";
import type { TradeFields } from "@ims/traits";
import { fillOrigin } from "../feeds/deribit-feed.js";
import { ObjectWalker, ValueKind } from "./object-walker.js";

const KEYS = [
  "trade_seq",
  "timestamp",
  "price",
  "amount",
  "direction",
  "instrument_name",
  "liquidation",
  "block_trade_id",
] as const;
const SEQ = 0;
const TIMESTAMP = 1;
const PRICE = 2;
const AMOUNT = 3;
const DIRECTION = 4;
const NAME = 5;
const LIQUIDATION = 6;
const BLOCK = 7;

const BUY = new Literal('"buy"');
const SELL = new Literal('"sell"');
/** Larger batches are left to the JSON reader. */
const TRADES_MAX = 1024;

/** Reads batches of trades from their bytes: the same as `readTrade` makes of each parsed row. */
export class TradesWalker {
  /** The first {@link count} of them are the batch; they are used again. */
  readonly trades: TradeFields[] = [];
  count = 0;
  readonly #row = new ObjectWalker(KEYS);

  /**
   * The place behind the list that begins at `start`; {@link NOWHERE} where one of its rows is not usual.
   *
   * @param name {@link nameLiteral} of the feed's instrument
   */
  walk(frame: FrameBytes, start: number, feed: OpenFeed, name: Literal, receiveMicros: number): number {
    const { bytes } = frame;
    this.count = 0;
    if (bytes[start] !== Char.OpenBracket) return NOWHERE;
    let at = start + 1;
    if (bytes[at] === Char.CloseBracket) return at + 1;
    for (;;) {
      at = this.#row.walk(frame, at);
      if (at === NOWHERE || this.count === TRADES_MAX) return NOWHERE;
      if (this.count === this.trades.length) this.trades.push(createTradeFields());
      if (!this.#fill(frame, feed, name, receiveMicros, this.trades[this.count]!)) return NOWHERE;
      this.count++;
      const byte = bytes[at++];
      if (byte === Char.CloseBracket) return at;
      if (byte !== Char.Comma) return NOWHERE;
    }
  }

  #fill(
    frame: FrameBytes,
    feed: OpenFeed,
    name: Literal,
    receiveMicros: number,
    trade: TradeFields,
  ): boolean {
    const row = this.#row;
    const { kinds, mantissas } = row;
    if (!isNamed(row, frame, name)) return false;
    if (!row.isTimestamp(TIMESTAMP) || !row.isCount(SEQ, Number.MAX_SAFE_INTEGER)) return false;
    if (kinds[PRICE] !== ValueKind.Number || kinds[AMOUNT] !== ValueKind.Number) return false;
    const { priceScale, quantityScale } = feed.instrument;
    const ownPriceScale = row.scaleOf(PRICE, priceScale);
    const ownQuantityScale = row.scaleOf(AMOUNT, quantityScale);
    if (!row.bringTo(PRICE, ownPriceScale) || !row.bringTo(AMOUNT, ownQuantityScale)) return false;
    if (mantissas[AMOUNT]! < 0) return false;
    const isBuyer = row.isText(frame, DIRECTION, BUY);
    if (!isBuyer && !row.isText(frame, DIRECTION, SELL)) return false;
    fillOrigin(trade, feed, receiveMicros);
    trade.eventMicros = mantissas[TIMESTAMP]! * 1000;
    const seq = mantissas[SEQ]!;
    trade.tradeId = seq;
    trade.firstTradeId = seq;
    trade.lastTradeId = seq;
    setSafe(trade.price, mantissas[PRICE]!, ownPriceScale);
    setSafe(trade.quantity, mantissas[AMOUNT]!, ownQuantityScale);
    trade.aggressor = isBuyer ? Aggressor.Buyer : Aggressor.Seller;
    if (kinds[LIQUIDATION] === ValueKind.Text) trade.kind = TradeKind.Liquidation;
    else trade.kind = kinds[BLOCK] === ValueKind.Text ? TradeKind.Block : TradeKind.Regular;
    return true;
  }
}

/** What a row of an instrument has to name: its key too, so that the shortest of names has four bytes. */
export function nameLiteral(symbol: string): Literal {
  return new Literal(`"instrument_name":"${symbol}"`);
}

const NAME_KEY_BYTES = '"instrument_name":"'.length;

function isNamed({ ends, kinds, starts }: ObjectWalker, frame: FrameBytes, name: Literal): boolean {
  return (
    kinds[NAME] === ValueKind.Text && frame.text(starts[NAME]! - NAME_KEY_BYTES, name) === ends[NAME]! + 1
  );
}
