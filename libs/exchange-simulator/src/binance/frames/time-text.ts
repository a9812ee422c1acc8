/** Unit in which a connection or a REST request wants its times. */
export type TimeUnit = "MILLISECOND" | "MICROSECOND";

/** Prints a time in microseconds since 1970 as whole milliseconds (cut, not rounded) or microseconds. */
export function timeText(micros: number, unit: TimeUnit): string {
  return unit === "MICROSECOND" ? `${micros}` : `${Math.floor(micros / 1000)}`;
}
