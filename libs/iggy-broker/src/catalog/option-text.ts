const MICROS_PER: Readonly<Record<string, bigint>> = {
  us: 1n,
  µs: 1n,
  ms: 1_000n,
  s: 1_000_000n,
  m: 60_000_000n,
  h: 3_600_000_000n,
  d: 86_400_000_000n,
  w: 604_800_000_000n,
};
const DURATION_WORDS: Readonly<Record<string, string>> = {
  usec: "us",
  usecs: "us",
  msec: "ms",
  msecs: "ms",
  sec: "s",
  secs: "s",
  second: "s",
  seconds: "s",
  min: "m",
  mins: "m",
  minute: "m",
  minutes: "m",
  hr: "h",
  hrs: "h",
  hour: "h",
  hours: "h",
  day: "d",
  days: "d",
  week: "w",
  weeks: "w",
};
const NO_LIMIT = new Set(["0", "none", "disabled", "unlimited", "never"]);
const BYTES_PER: Readonly<Record<string, bigint>> = {
  "": 1n,
  b: 1n,
  kb: 1_000n,
  mb: 1_000_000n,
  gb: 1_000_000_000n,
  tb: 1_000_000_000_000n,
  kib: 1n << 10n,
  mib: 1n << 20n,
  gib: 1n << 30n,
  tib: 1n << 40n,
};

/** Microseconds of a duration such as "7 days" or "1m 30s"; 0 for "none" and its like; undefined for anything else. */
export function parseDurationText(text: string): bigint | undefined {
  const normal = text.trim().toLowerCase();
  if (NO_LIMIT.has(normal)) return 0n;
  if (!/^(\d{1,15}\s*[a-zµ]+\s*)+$/.test(normal)) return undefined;
  let sum = 0n;
  for (const [, count, word] of normal.matchAll(/(\d+)\s*([a-zµ]+)/g)) {
    const unit = MICROS_PER[DURATION_WORDS[word!] ?? word!];
    if (unit === undefined) return undefined;
    sum += BigInt(count!) * unit;
  }
  return sum;
}

/** Bytes of a size such as "128 MiB" or "1000"; 0 for "none" and its like; undefined for anything else. */
export function parseBytesText(text: string): bigint | undefined {
  const normal = text.trim().toLowerCase();
  if (NO_LIMIT.has(normal)) return 0n;
  const match = /^(\d{1,15})\s*([a-z]*)$/.exec(normal);
  const unit = match && BYTES_PER[match[2]!];
  return unit ? BigInt(match[1]!) * unit : undefined;
}
