import { SeededRandom } from "../../sources/synthetic/seeded-random.js";
import type { FaultName, FaultRule, FaultScript } from "./fault-script.js";

export interface RandomFaultOptions {
  /** Faults fall into this time after the start. */
  readonly millis: number;
  /** How many there are. */
  readonly faults: number;
  /** Which; default all that leave the venue's own data whole. */
  readonly kinds?: readonly FaultName[];
  /** Streams that frame faults pick from; default any. */
  readonly streams?: readonly string[];
  /** Symbols for faults that need one; without any such faults are left out. */
  readonly symbols?: readonly string[];
}

const KINDS: readonly FaultName[] = [
  "drop",
  "duplicate",
  "malformed",
  "extra-field",
  "reorder-keys",
  "delay",
  "reorder",
  "gap",
  "close",
  "reset",
  "half-open",
  "no-ack",
  "wrong-ack",
  "error-ack",
  "silent-after-ack",
  "refuse-connection",
  "rest-status",
  "rest-delay",
  "rest-reset",
  "rest-malformed",
  "rest-ban",
  "stale-snapshot",
];
const NEED_SYMBOL: ReadonlySet<FaultName> = new Set(["list", "delist", "status", "print", "skip-trade-ids"]);

/** A script drawn from a seed: plain rules, so that a failing run can be printed, cut down and kept. */
export function randomFaultScript(seed: number, options: RandomFaultOptions): FaultScript {
  const random = new SeededRandom(seed);
  const symbols = options.symbols ?? [];
  const kinds = (options.kinds ?? KINDS).filter((kind) => symbols.length > 0 || !NEED_SYMBOL.has(kind));
  const rules: FaultRule[] = [];
  while (kinds.length > 0 && rules.length < options.faults) {
    rules.push(
      drawRule(
        kinds[random.next() % kinds.length]!,
        random,
        options.streams ?? ["*"],
        symbols,
        options.millis,
      ),
    );
  }
  return { seed, rules };
}

function drawRule(
  kind: FaultName,
  random: SeededRandom,
  streams: readonly string[],
  symbols: readonly string[],
  millis: number,
): FaultRule {
  const at = Math.floor(random.unit() * millis);
  const upTo = (max: number) => 1 + (random.next() % max);
  const stream = streams[random.next() % streams.length]!;
  const symbol = symbols[random.next() % Math.max(1, symbols.length)] ?? "";
  const some = { fromMillis: at, count: upTo(5) };
  const once = { fromMillis: at, count: 1 };
  switch (kind) {
    case "delay":
      return { ...once, fault: kind, stream, millis: upTo(5000) };
    case "reorder":
      return { ...some, fault: kind, stream, by: upTo(4) };
    case "gap":
      return { ...some, fault: kind, stream };
    case "close":
      return { fault: kind, atMillis: at, code: [1000, 1001, 1008, 1011, 1012][random.next() % 5]! };
    case "reset":
    case "half-open":
      return { fault: kind, atMillis: at, connection: upTo(4) };
    case "no-ack":
    case "wrong-ack":
    case "error-ack":
    case "rest-reset":
    case "rest-malformed":
      return { ...once, fault: kind };
    case "silent-after-ack":
      return { ...once, fault: kind, stream };
    case "refuse-connection":
      return { ...once, fault: kind, status: random.unit() < 0.5 ? 503 : 429, retryAfterSeconds: upTo(5) };
    case "rest-status":
      return {
        ...some,
        fault: kind,
        status: [500, 502, 503, 429][random.next() % 4]!,
        retryAfterSeconds: upTo(5),
      };
    case "rest-delay":
      return { ...some, fault: kind, millis: upTo(8000) };
    case "rest-ban":
      return { ...once, fault: kind, seconds: upTo(60) };
    case "stale-snapshot":
      return { ...once, fault: kind, path: "depth", updates: upTo(2000) };
    case "server-shutdown":
      return { fault: kind, atMillis: at, leadMillis: upTo(30_000) };
    case "clock-skew":
      return { fault: kind, atMillis: at, millis: upTo(4000) - 2000 };
    case "list":
    case "delist":
      return { fault: kind, atMillis: at, symbol };
    case "status":
      return { fault: kind, atMillis: at, symbol, status: random.unit() < 0.5 ? "BREAK" : "TRADING" };
    case "print":
      return {
        fault: kind,
        atMillis: at,
        symbol,
        origin: (["INSURANCE_FUND", "ADL", "NA"] as const)[random.next() % 3]!,
      };
    case "skip-trade-ids":
      return { fault: kind, atMillis: at, symbol, ids: upTo(50) };
    default:
      return { ...some, fault: kind, stream };
  }
}
