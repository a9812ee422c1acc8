import type { v2 } from "@ims/sbe";

const TWO_32 = 2 ** 32;
/** -2^31: the upper word of a null int64. */
export const NULL_HI = -2147483648;

/** One regular trade at the scales of its symbol; reused. Prices and quantities are above 0, as two limbs of 52 bits. */
export class TradeInput {
  /** The time of its window, microseconds since 1970. */
  micros = 0;
  receiveMicros = 0;
  publishMicros = 0;
  priceLo = 0;
  priceHi = 0;
  /** The price's mantissa as a double. */
  price = 0;
  quantityLo = 0;
  quantityHi = 0;
  /** A number of `Aggressor`. */
  aggressor = 0;

  /**
   * Takes the times over; {@link micros} is the receive time where the venue gives no event time. From the words, as a
   * double that a function returns may be allocated.
   * @throws `sbe.unsafe-integer` for a time that a double does not hold, naming it
   */
  readTimes(values: v2.TradeValues): void {
    const { eventTimeHi, receiveTimeHi, publishTimeHi } = values;
    const isSafe = isSafeWord(receiveTimeHi) && isSafeWord(publishTimeHi);
    this.receiveMicros = isSafe
      ? receiveTimeHi * TWO_32 + (values.receiveTimeLo >>> 0)
      : values.receiveTimeNumber;
    this.publishMicros = isSafe
      ? publishTimeHi * TWO_32 + (values.publishTimeLo >>> 0)
      : values.publishTimeNumber;
    if (eventTimeHi === NULL_HI) this.micros = this.receiveMicros;
    else if (isSafeWord(eventTimeHi)) this.micros = eventTimeHi * TWO_32 + (values.eventTimeLo >>> 0);
    else this.micros = values.eventTimeNumber ?? this.receiveMicros;
  }
}

/** Whether an int64 with this upper word is within ±2^53. */
function isSafeWord(hi: number): boolean {
  return (hi << 10) >> 10 === hi;
}
