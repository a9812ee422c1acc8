import { commonError } from "../errors/common-errors.js";
import { formatMantissa, trimFraction } from "./format-mantissa.js";
import { MantissaCell } from "./mantissa-cell.js";
import { DECIMAL_SCALE_MAX, DecimalParse } from "./parse-decimal-bytes.js";
import { parseDecimalText } from "./parse-decimal-text.js";

const INT64_MAX = (1n << 63n) - 1n;
const INT64_MIN = -(1n << 63n);
const QUOTED_LENGTH_MAX = 60;

/**
 * An exact decimal: value = mantissa × 10^-scale, mantissa an int64, scale 0 to 18. Immutable.
 * Arithmetic is exact or throws `decimal.overflow`; results give up trailing zeros only where they must to fit.
 * For configuration, increments and sums; the hot path works on `MantissaCell` and allocates none of these.
 */
export class Decimal {
  private constructor(
    readonly mantissa: bigint,
    readonly scale: number,
  ) {}

  static readonly zero = new Decimal(0n, 0);

  /**
   * @param mantissa in the int64 range
   * @param scale 0 to 18
   * @throws `decimal.overflow`, `decimal.scale`
   */
  static of(mantissa: bigint, scale: number): Decimal {
    checkScale(scale);
    if (!isInt64(mantissa)) {
      throw commonError(
        "decimal.overflow",
        `Mantissa ${quote(mantissa.toString())} is outside the int64 range`,
      );
    }
    return new Decimal(mantissa, scale);
  }

  /**
   * Reads `-12.50`, `7e-8`, `1.0002E6`; the scale is the number of digits printed after the point.
   * @throws `decimal.syntax`, `decimal.overflow`
   */
  static parse(text: string): Decimal {
    const cell = new MantissaCell();
    const outcome = parseDecimalText(text, cell);
    if (outcome === DecimalParse.Syntax) {
      throw commonError("decimal.syntax", `${quote(text)} is not a decimal number`);
    }
    if (outcome === DecimalParse.Overflow) {
      throw commonError("decimal.overflow", `${quote(text)} does not fit an exact decimal`);
    }
    return new Decimal(cell.toBigInt(), cell.scale);
  }

  static fromCell(cell: MantissaCell): Decimal {
    return Decimal.of(cell.toBigInt(), cell.scale);
  }

  get isNegative(): boolean {
    return this.mantissa < 0n;
  }

  isZero(): boolean {
    return this.mantissa === 0n;
  }

  /** -1, 0 or 1 by value: 1.50 and 1.5 compare as 0. */
  compare(other: Decimal): -1 | 0 | 1 {
    const scale = Math.max(this.scale, other.scale);
    const left = this.mantissa * tenTo(scale - this.scale);
    const right = other.mantissa * tenTo(scale - other.scale);
    return left < right ? -1 : left > right ? 1 : 0;
  }

  /** Equal by value, whatever the scales. */
  equals(other: Decimal): boolean {
    return this.compare(other) === 0;
  }

  add(other: Decimal): Decimal {
    const scale = Math.max(this.scale, other.scale);
    const sum = this.mantissa * tenTo(scale - this.scale) + other.mantissa * tenTo(scale - other.scale);
    return fit(sum, scale, () => `${this} + ${other}`);
  }

  subtract(other: Decimal): Decimal {
    const scale = Math.max(this.scale, other.scale);
    const difference =
      this.mantissa * tenTo(scale - this.scale) - other.mantissa * tenTo(scale - other.scale);
    return fit(difference, scale, () => `${this} - ${other}`);
  }

  multiply(other: Decimal): Decimal {
    return fit(this.mantissa * other.mantissa, this.scale + other.scale, () => `${this} * ${other}`);
  }

  /** @throws `decimal.overflow` for -2^63 with a scale that must stay, the one value without an opposite */
  negate(): Decimal {
    return fit(-this.mantissa, this.scale, () => `-(${this})`);
  }

  /**
   * The same value with another scale.
   * @throws `decimal.inexact` when digits other than zero would be lost, `decimal.overflow`, `decimal.scale`
   */
  rescale(scale: number): Decimal {
    checkScale(scale);
    if (scale >= this.scale) {
      const mantissa = this.mantissa * tenTo(scale - this.scale);
      if (!isInt64(mantissa)) {
        throw commonError("decimal.overflow", `${this} with ${scale} digits after the point`);
      }
      return new Decimal(mantissa, scale);
    }
    const divisor = tenTo(this.scale - scale);
    if (this.mantissa % divisor !== 0n) {
      throw commonError("decimal.inexact", `${this} has more than ${scale} digits after the point`);
    }
    return new Decimal(this.mantissa / divisor, scale);
  }

  /** Canonical text: no exponent, no trailing zeros, `0` for every zero. */
  toString(): string {
    return trimFraction(formatMantissa(this.mantissa, this.scale));
  }

  /**
   * Text with exactly `scale` digits after the point, by default as many as the value carries.
   * @throws as {@link rescale}
   */
  toFixed(scale: number = this.scale): string {
    const { mantissa } = this.rescale(scale);
    return formatMantissa(mantissa, scale);
  }

  toJSON(): string {
    return this.toString();
  }

  /** The nearest float: for display and statistics only. */
  toNumber(): number {
    return Number(this.toString());
  }
}

/** Brings an exact result into range by dropping trailing zeros after the point, or throws. */
function fit(mantissa: bigint, scale: number, operation: () => string): Decimal {
  let reduced = mantissa;
  let reducedScale = scale;
  while (
    reducedScale > 0 &&
    (reducedScale > DECIMAL_SCALE_MAX || !isInt64(reduced)) &&
    reduced % 10n === 0n
  ) {
    reduced /= 10n;
    reducedScale--;
  }
  if (reducedScale > DECIMAL_SCALE_MAX || !isInt64(reduced)) {
    throw commonError("decimal.overflow", `The result of ${operation()} does not fit an exact decimal`);
  }
  return Decimal.of(reduced, reducedScale);
}

function checkScale(scale: number): void {
  if (!Number.isInteger(scale) || scale < 0 || scale > DECIMAL_SCALE_MAX) {
    throw commonError("decimal.scale", `Scale ${scale}`);
  }
}

function isInt64(value: bigint): boolean {
  return value >= INT64_MIN && value <= INT64_MAX;
}

function tenTo(exponent: number): bigint {
  return 10n ** BigInt(exponent);
}

function quote(text: string): string {
  return JSON.stringify(text.length > QUOTED_LENGTH_MAX ? `${text.slice(0, QUOTED_LENGTH_MAX)}…` : text);
}
