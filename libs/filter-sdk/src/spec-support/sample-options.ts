import { ExchangeId } from "@ims/common";
import { v2 } from "@ims/sbe";

const MICROS = 1_764_576_000_000_000;
const EXPIRY = 1_766_736_000_000_000;
const UNDERLYING_CENTS = 8_730;

/**
 * A call and a put for each strike around the price of their underlying, as lines of
 * `ims tail … --decode hex --json`; the same at every call.
 */
export function sampleOptions(): string {
  const lines: string[] = [];
  for (let strike = 60; strike <= 115; strike += 5) {
    for (const optionType of [v2.OptionType.Call, v2.OptionType.Put]) {
      const offset = lines.length;
      lines.push(
        JSON.stringify({
          partition: 0,
          offset,
          timestampMicros: MICROS + offset * 1000,
          kind: "bytes",
          payload: Buffer.from(encode(strike, optionType, offset)).toString("hex"),
        }),
      );
    }
  }
  return `${lines.join("\n")}\n`;
}

function encode(strike: number, optionType: number, offset: number): Uint8Array {
  const isCall = optionType === v2.OptionType.Call;
  const intrinsic = Math.max(0, isCall ? UNDERLYING_CENTS - strike * 100 : strike * 100 - UNDERLYING_CENTS);
  // Dearest at the money: enough for a sample that looks like a market.
  const mark = intrinsic + Math.round(60_000 / (100 + Math.abs(UNDERLYING_CENTS - strike * 100)));
  // Contracts of one venue have different scales: strikes of 85 and 85.0000 are equal.
  const scale = offset % 3 === 0 ? 4 : 2;
  const price = (cents: number) => BigInt(cents) * (scale === 4 ? 100n : 1n);
  const bytes = new Uint8Array(v2.OptionTickerEncoder.ENCODED_LENGTH);
  new v2.OptionTickerEncoder()
    .wrapAndApplyHeader(new DataView(bytes.buffer), 0)
    .eventTimeNumber(MICROS + offset * 1000 - 300)
    .sendTimeNull()
    .receiveTimeNumber(MICROS + offset * 1000 - 200)
    .publishTimeNumber(MICROS + offset * 1000 - 100)
    .instrumentId(offset + 1)
    .exchangeId(ExchangeId.Deribit)
    .priceScale(scale)
    .quantityScale(1)
    .flags(0)
    .symbol(`SIM-26DEC25-${strike}-${isCall ? "C" : "P"}`)
    .underlying("SIM-26DEC25")
    .expiryTimeNumber(EXPIRY)
    .strike(price(strike * 100))
    .optionType(optionType)
    .lastPriceNull()
    .markPrice(price(mark))
    .bidPrice(price(mark - 5))
    .bidQuantity(120n)
    .askPrice(price(mark + 5))
    .askQuantity(95n)
    .volume(BigInt(1000 - Math.abs(strike - 85) * 10))
    .openInterest(5_000n)
    .underlyingPrice(price(UNDERLYING_CENTS))
    .markIv(55 + Math.abs(strike - 87) / 4)
    .bidIv(54)
    .askIv(57)
    .delta(isCall ? 0.5 : -0.5)
    .gamma(0.01)
    .theta(-0.02)
    .vega(0.1)
    .rho(0.01);
  return bytes;
}
