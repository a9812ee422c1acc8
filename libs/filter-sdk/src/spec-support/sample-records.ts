import { v2 } from "@ims/sbe";

const MICROS = 1_700_000_000_000_000;

export interface SampleOption {
  readonly strike: bigint;
  readonly scale: number;
  readonly id?: number;
}

interface HeadEncoder {
  eventTimeNumber(value: number): this;
  sendTimeNull(): this;
  receiveTimeNumber(value: number): this;
  publishTimeNumber(value: number): this;
  instrumentId(value: number): this;
  exchangeId(value: number): this;
  priceScale(value: number): this;
  quantityScale(value: number): this;
  flags(bits: number): this;
  symbol(text: string): this;
}

/** One OptionTicker, header first. */
export function encodeOption({ strike, scale, id = 1 }: SampleOption): Uint8Array {
  const bytes = new Uint8Array(v2.OptionTickerEncoder.ENCODED_LENGTH);
  head(new v2.OptionTickerEncoder().wrapAndApplyHeader(new DataView(bytes.buffer), 0), scale, `OPT-${id}`)
    .underlying("OPT")
    .expiryTimeNumber(MICROS)
    .strike(strike)
    .optionType(v2.OptionType.Call)
    .lastPriceNull()
    .markPriceNull()
    .bidPriceNull()
    .askPriceNull()
    .volumeNull()
    .openInterestNull()
    .underlyingPriceNull()
    .bidQuantity(0n)
    .askQuantity(0n);
  return bytes;
}

/** One Trade of 100 and some cents, header first. */
export function encodeTrade(symbol: string, tradeId: number, price = 10_050n): Uint8Array {
  const bytes = new Uint8Array(v2.TradeEncoder.ENCODED_LENGTH);
  head(new v2.TradeEncoder().wrapAndApplyHeader(new DataView(bytes.buffer), 0), 2, symbol)
    .tradeIdNumber(tradeId)
    .price(price)
    .quantity(1n)
    .firstTradeIdNumber(tradeId)
    .lastTradeIdNumber(tradeId)
    .aggressor(v2.AggressorSide.Buyer)
    .kind(v2.TradeKind.Regular);
  return bytes;
}

function head<Encoder extends HeadEncoder>(encoder: Encoder, priceScale: number, symbol: string): Encoder {
  return encoder
    .eventTimeNumber(MICROS)
    .sendTimeNull()
    .receiveTimeNumber(MICROS + 1)
    .publishTimeNumber(MICROS + 2)
    .instrumentId(1)
    .exchangeId(11)
    .priceScale(priceScale)
    .quantityScale(3)
    .flags(0)
    .symbol(symbol);
}
