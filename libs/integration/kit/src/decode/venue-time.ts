/** Milliseconds reach this in the year 5138, microseconds passed it in 1973. */
export const MICROS_FROM = 1e14;

/**
 * A venue time to microseconds. Venues print milliseconds, or microseconds where they were asked to (Binance: WebSocket
 * Streams, General WSS information, timeUnit); the number itself tells which.
 */
export function microsOf(time: number): number {
  return time >= MICROS_FROM ? time : time * 1000;
}
