import { DecimalParse, type Instrument, MantissaCell, parseDecimalText } from "@ims/common";
import { type ExactDecimal, type JsonObject, Unusable } from "@ims/integration-kit";
import type { BookFields } from "@ims/traits";
import { readDigits } from "./read-numbers.js";

type Scales = Pick<Instrument, "priceScale" | "quantityScale">;
type Level = readonly [price: ExactDecimal, amount: ExactDecimal];

const INT64_MAX = (1n << 63n) - 1n;

/**
 * Reads the `data` of a book frame or the body of `/order_book/` (bitstamp.md sections 1, 3.2 and 3.3) into `fields`:
 * levels at the instrument's scales, at larger ones where a text has more digits. Zeros behind the last digit say
 * nothing: the venue prints them by another scale than the pair's. Rows with price 0 are market orders in transit and
 * are left out. The microtimestamp is the id of the update: it only rises. Throws `Unusable`; nothing is rounded.
 */
export function readBook(data: JsonObject, scales: Scales, fields: BookFields): void {
  const micros = readDigits(data, "microtimestamp");
  const bids = readSide(data, "bids");
  const asks = readSide(data, "asks");
  fields.eventMicros = micros;
  fields.sendMicros = 0;
  fields.flags = 0;
  fields.firstUpdateId = micros;
  fields.lastUpdateId = micros;
  fields.previousUpdateId = 0;
  fields.horizon = 0;
  fields.priceScale = largest(scales.priceScale, 0, bids, asks);
  fields.quantityScale = largest(scales.quantityScale, 1, bids, asks);
  fill(fields.bids, bids, fields);
  fill(fields.asks, asks, fields);
}

function readSide(data: JsonObject, key: string): Level[] {
  const rows = data[key];
  if (!Array.isArray(rows)) throw new Unusable("missing-field", `${key} is no list`);
  const levels: Level[] = [];
  for (const row of rows as unknown[]) {
    const [price, amount] = Array.isArray(row) ? (row as unknown[]) : [];
    const level = [readDecimalText(price, key), readDecimalText(amount, key)] as const;
    if (level[0].mantissa !== 0n) levels.push(level);
  }
  return levels;
}

const cell = new MantissaCell();

/** Without zeros behind the last digit, exponents resolved. */
function readDecimalText(text: unknown, what: string): ExactDecimal {
  if (typeof text !== "string") throw new Unusable("bad-number", `a level of ${what} is no pair of texts`);
  const outcome = parseDecimalText(text, cell);
  if (outcome === DecimalParse.Overflow)
    throw new Unusable("overflow", `a level of ${what} is beyond 64 bits`);
  if (outcome !== DecimalParse.Ok) throw new Unusable("bad-number", `a level of ${what} is no decimal`);
  let mantissa = cell.toBigInt();
  let { scale } = cell;
  if (mantissa < 0n) throw new Unusable("bad-number", `a level of ${what} is below 0`);
  if (mantissa === 0n) return { mantissa, scale: 0 };
  while (scale > 0 && mantissa % 10n === 0n) {
    mantissa /= 10n;
    scale--;
  }
  return { mantissa, scale };
}

function largest(least: number, item: 0 | 1, bids: readonly Level[], asks: readonly Level[]): number {
  let scale = least;
  for (const level of bids) scale = Math.max(scale, level[item].scale);
  for (const level of asks) scale = Math.max(scale, level[item].scale);
  return scale;
}

function fill(side: BookFields["bids"], levels: readonly Level[], fields: BookFields): void {
  side.clear();
  for (const [price, amount] of levels) {
    const priceMantissa = scaled(price, fields.priceScale);
    const amountMantissa = scaled(amount, fields.quantityScale);
    side.push(
      Number(BigInt.asIntN(32, priceMantissa)),
      Number(priceMantissa >> 32n),
      Number(BigInt.asIntN(32, amountMantissa)),
      Number(amountMantissa >> 32n),
    );
  }
}

function scaled({ mantissa, scale }: ExactDecimal, wanted: number): bigint {
  const value = scale === wanted ? mantissa : mantissa * POWERS[wanted - scale]!;
  if (value > INT64_MAX)
    throw new Unusable("overflow", "a level does not fit into 64 bits at the book's scale");
  return value;
}

const POWERS: readonly bigint[] = Array.from({ length: 19 }, (_, exponent) => 10n ** BigInt(exponent));
