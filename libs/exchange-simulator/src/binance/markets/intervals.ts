const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const FIXED_MILLIS: Readonly<Record<string, number>> = {
  "1s": SECOND,
  "1m": MINUTE,
  "3m": 3 * MINUTE,
  "5m": 5 * MINUTE,
  "15m": 15 * MINUTE,
  "30m": 30 * MINUTE,
  "1h": HOUR,
  "2h": 2 * HOUR,
  "4h": 4 * HOUR,
  "6h": 6 * HOUR,
  "8h": 8 * HOUR,
  "12h": 12 * HOUR,
  "1d": DAY,
  "3d": 3 * DAY,
  "1w": 7 * DAY,
};

/** 1970-01-01 was a Thursday; weeks of the venue start on Monday, 00:00 UTC. */
const FIRST_MONDAY = 4 * DAY;

/** Start of the bar that holds the instant, milliseconds since 1970. The interval must be one of the market's. */
export function barOpen(interval: string, atMillis: number): number {
  if (interval === "1M") {
    const date = new Date(atMillis);
    return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1);
  }
  const length = FIXED_MILLIS[interval]!;
  const origin = interval === "1w" ? FIRST_MONDAY : 0;
  return Math.floor((atMillis - origin) / length) * length + origin;
}

/** Start of the bar after the one that starts at `openMillis`. */
export function nextBarOpen(interval: string, openMillis: number): number {
  if (interval === "1M") {
    const date = new Date(openMillis);
    return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1);
  }
  return openMillis + FIXED_MILLIS[interval]!;
}

/** Start of the bar before the one that starts at `openMillis`. */
export function previousBarOpen(interval: string, openMillis: number): number {
  return barOpen(interval, openMillis - 1);
}
