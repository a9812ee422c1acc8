/** Longest pause that is believed; Binance's longest ban is 3 days. */
const RETRY_AFTER_MILLIS_MAX = 3 * 24 * 3_600_000;

/**
 * The pause that a `Retry-After` header asks for (RFC 9110, section 10.2.3: seconds or an HTTP date), in milliseconds
 * from `nowMicros`; `fallbackMillis` if it is absent or unreadable.
 */
export function retryAfterMillis(
  header: string | undefined,
  nowMicros: number,
  fallbackMillis: number,
): number {
  const text = header?.trim() ?? "";
  const millis = /^[0-9]+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - nowMicros / 1000;
  if (text === "" || Number.isNaN(millis)) return fallbackMillis;
  return Math.min(Math.max(Math.ceil(millis), 0), RETRY_AFTER_MILLIS_MAX);
}
