import { Aggressor, type MantissaCell, TradeKind } from "@ims/common";
import { atScale, commonScale, createTradeFields, Unusable } from "@ims/integration-kit";
import type { TradeFields } from "@ims/traits";
import { Flag, TradesDecoder, type TradesTradesDecoder } from "../../generated/market-stream/index.js";
import type { InstrumentFeed } from "../decode/instrument-feed.js";
import { exactMantissa } from "./exact-mantissas.js";
import { MantissaScaler } from "./mantissa-scaler.js";
import { requireCount, requireEnd, type StreamSymbols } from "./stream-symbols.js";

/** Reads frames of trades (template 10000), one trade after the other, into {@link trade}. */
export class TradesReader {
  readonly trade: TradeFields = createTradeFields();
  private readonly decoder = new TradesDecoder();
  private readonly scaler = new MantissaScaler();
  private group: TradesTradesDecoder | undefined;
  private feed: InstrumentFeed | undefined;
  private priceExponent = 0;
  private quantityExponent = 0;

  constructor(private readonly symbols: StreamSymbols) {}

  /** Places it before the first trade of a frame. Throws {@link Unusable} and `SbeError`. */
  open(view: DataView, start: number, length: number): InstrumentFeed {
    const { decoder, trade } = this;
    decoder.wrapAndApplyHeader(view, start, length);
    const feed = this.symbols.find(decoder.bytes, decoder.symbolStart(), decoder.symbolLength());
    requireEnd(decoder.limit, decoder.end, decoder.actingVersion);
    trade.instrumentId = feed.instrumentId;
    trade.sendMicros = requireCount(decoder.sendTimeNumber(), "sendTime");
    trade.eventMicros = requireCount(decoder.tradeTimeNumber(), "tradeTime");
    trade.kind = TradeKind.Regular;
    this.priceExponent = decoder.priceExponent();
    this.quantityExponent = decoder.quantityExponent();
    this.feed = feed;
    this.group = decoder.trades();
    return feed;
  }

  /**
   * Goes to the next trade; false behind the last one. What follows is to be read by {@link read}, so that one unusable
   * trade costs itself alone.
   */
  next(): boolean {
    const { group } = this;
    if (!group?.hasNext()) return false;
    group.next();
    return true;
  }

  /** Fills {@link trade} from the present one. Throws {@link Unusable} and `SbeError`. */
  read(): void {
    const { trade } = this;
    const group = this.group!;
    const { priceScale, quantityScale } = this.feed!.instrument;
    trade.tradeId = requireCount(group.tradeIdNumber(), "tradeId");
    trade.firstTradeId = trade.tradeId;
    trade.lastTradeId = trade.tradeId;
    trade.aggressor = aggressorOf(group.buyerIsMaker());
    this.set(trade.price, group.priceLo(), group.priceHi(), this.priceExponent, priceScale, "price");
    this.set(
      trade.quantity,
      group.quantityLo(),
      group.quantityHi(),
      this.quantityExponent,
      quantityScale,
      "quantity",
    );
  }

  private set(
    cell: MantissaCell,
    lo: number,
    hi: number,
    exponent: number,
    scale: number,
    what: string,
  ): void {
    const { scaler } = this;
    if ((lo | hi) === 0) throw new Unusable("bad-number", `${what} is not above zero`);
    if (scaler.scale(lo, hi, exponent, scale)) {
      cell.lo = scaler.lo;
      cell.hi = scaler.hi;
      cell.scale = scale;
      return;
    }
    const exact = exactMantissa(lo, hi, exponent, what);
    const wanted = commonScale([exact], scale, what);
    cell.setBigInt(atScale(exact, wanted), wanted);
  }
}

/** The buyer is the market maker: the seller took liquidity. */
function aggressorOf(buyerIsMaker: number): Aggressor {
  if (buyerIsMaker === Flag.Yes) return Aggressor.Seller;
  if (buyerIsMaker === Flag.No) return Aggressor.Buyer;
  throw new Unusable("unexpected", `buyerIsMaker is ${buyerIsMaker}, neither 0 nor 1`);
}
