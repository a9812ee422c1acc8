import { DECIMAL_SCALE_MAX, Decimal } from "@ims/common";
import { fail } from "../runtime/sbe-errors.js";

/** A decimal of a message; throws `sbe.invalid-value` for a scale above 18, which no decimal here has. */
export function exactDecimal(mantissa: bigint, scale: number, field: string): Decimal {
  if (scale > DECIMAL_SCALE_MAX) {
    throw fail("sbe.invalid-value", `${field} has scale ${scale}, the highest is ${DECIMAL_SCALE_MAX}`, {
      context: { field, scale },
    });
  }
  return Decimal.of(mantissa, scale);
}

/** The same for a field that may be null. */
export function optionalDecimal(mantissa: bigint | null, scale: number, field: string): Decimal | undefined {
  return mantissa === null ? undefined : exactDecimal(mantissa, scale, field);
}

/** null, as decoders say it, to undefined, as records do. */
export function orUndefined<T>(value: T | null): T | undefined {
  return value ?? undefined;
}

/** The text of a code; throws `sbe.invalid-value` for a number that has none. */
export function namedCode<T>(table: ReadonlyMap<number, T>, code: number, field: string): T {
  const found = table.get(code);
  if (found !== undefined) return found;
  throw fail("sbe.invalid-value", `${field} is ${code}, which is not defined`, { context: { field, code } });
}
