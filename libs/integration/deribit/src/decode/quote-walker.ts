import {
  createTopOfBookFields,
  type FrameBytes,
  NOWHERE,
  type OpenFeed,
  setSafe,
} from "@ims/integration-kit";
import { fillOrigin } from "../feeds/deribit-feed.js";
import { ObjectWalker, ValueKind } from "./object-walker.js";

const KEYS = ["timestamp", "best_bid_price", "best_bid_amount", "best_ask_price", "best_ask_amount"] as const;
const TIMESTAMP = 0;
const BID_PRICE = 1;
const BID_AMOUNT = 2;
const ASK_PRICE = 3;
const ASK_AMOUNT = 4;

/** Reads best prices from their bytes: the same as the feed makes of the parsed data. */
export class QuoteWalker {
  /** Filled by {@link walk}. */
  readonly top = createTopOfBookFields();
  readonly #object = new ObjectWalker(KEYS);

  /** The place behind the data that begin at `start`; {@link NOWHERE}, with no top to use, if not usual. */
  walk(frame: FrameBytes, start: number, feed: OpenFeed, receiveMicros: number): number {
    const { top } = this;
    const object = this.#object;
    const end = object.walk(frame, start);
    if (end === NOWHERE) return NOWHERE;
    if (!object.isTimestamp(TIMESTAMP)) return NOWHERE;
    if (!this.#clearEmpty(BID_PRICE, BID_AMOUNT) || !this.#clearEmpty(ASK_PRICE, ASK_AMOUNT)) return NOWHERE;
    const { priceScale, quantityScale } = feed.instrument;
    const prices = Math.max(this.#scale(BID_PRICE, priceScale), this.#scale(ASK_PRICE, priceScale));
    const amounts = Math.max(this.#scale(BID_AMOUNT, quantityScale), this.#scale(ASK_AMOUNT, quantityScale));
    if (!this.#bringTo(BID_PRICE, prices) || !this.#bringTo(ASK_PRICE, prices)) return NOWHERE;
    if (!this.#bringTo(BID_AMOUNT, amounts) || !this.#bringTo(ASK_AMOUNT, amounts)) return NOWHERE;
    const { kinds, mantissas } = object;
    const hasBid = kinds[BID_PRICE] === ValueKind.Number;
    const hasAsk = kinds[ASK_PRICE] === ValueKind.Number;
    if (hasBid && hasAsk && mantissas[BID_PRICE]! >= mantissas[ASK_PRICE]!) return NOWHERE;
    fillOrigin(top, feed, receiveMicros);
    top.eventMicros = mantissas[TIMESTAMP]! * 1000;
    top.updateId = 0;
    top.hasBid = hasBid;
    top.hasAsk = hasAsk;
    setSafe(top.bidPrice, mantissas[BID_PRICE]!, prices);
    setSafe(top.askPrice, mantissas[ASK_PRICE]!, prices);
    setSafe(top.bidQuantity, mantissas[BID_AMOUNT]!, amounts);
    setSafe(top.askQuantity, mantissas[ASK_AMOUNT]!, amounts);
    return end;
  }

  /** A side is empty where its amount is 0 or null: its price counts for nothing then. False for what is not usual. */
  #clearEmpty(price: number, amount: number): boolean {
    const { kinds, mantissas } = this.#object;
    const isGiven = kinds[amount] === ValueKind.Number;
    if (!isGiven && kinds[amount] !== ValueKind.Null && kinds[amount] !== ValueKind.Absent) return false;
    if (!isGiven || mantissas[amount] === 0) kinds[price] = ValueKind.Absent;
    else if (mantissas[amount]! < 0) return false;
    const kind = kinds[price];
    return kind === ValueKind.Number || kind === ValueKind.Null || kind === ValueKind.Absent;
  }

  #scale(place: number, least: number): number {
    const object = this.#object;
    return object.kinds[place] === ValueKind.Number ? object.scaleOf(place, least) : least;
  }

  /** No value becomes 0. False for one beyond 2^53. */
  #bringTo(place: number, scale: number): boolean {
    const object = this.#object;
    if (object.kinds[place] === ValueKind.Number) return object.bringTo(place, scale);
    object.mantissas[place] = 0;
    return true;
  }
}
