/**
 * A time of a message as a Date, which keeps whole milliseconds; null stays null.
 *
 * ```ts
 * dateOf(trade.eventMicros)?.toISOString();
 * ```
 */
export function dateOf(micros: number): Date;
export function dateOf(micros: number | null): Date | null;
export function dateOf(micros: number | null): Date | null {
  return micros === null ? null : new Date(Math.floor(micros / 1000));
}

/** A time of a message as microseconds since 1970 in a bigint; null stays null. */
export function bigintOf(micros: number): bigint;
export function bigintOf(micros: number | null): bigint | null;
export function bigintOf(micros: number | null): bigint | null {
  return micros === null ? null : BigInt(micros);
}
