import { fail } from "../errors.js";

/** After how many trades, or after what time, a trade's weight has halved. */
export type HalfLife =
  | { readonly kind: "count"; readonly trades: number }
  | { readonly kind: "time"; readonly micros: number };

/** What is computed for each symbol. */
export interface AveragePlan {
  /** Lengths of windows in microseconds, 1 ms to 7 days, rising. Windows begin at multiples since 1970. */
  readonly windows: readonly number[];
  /** Exponential averages, published at the end of each window of the shortest length. */
  readonly halfLives: readonly HalfLife[];
  /** How far the event time of the partition is to pass a window's end before it closes, in microseconds. */
  readonly latenessMicros: number;
  /** Closed windows of each length that late trades still revise, 0 to 100. */
  readonly revisableWindows: number;
  /** Whether windows without a trade are published. */
  readonly emptyWindows: boolean;
  /** Digits that averages have beyond the prices', 0 to 9; fewer where a value would not fit into int64. */
  readonly extraDigits: number;
}

/** The parts of a plan as a person writes them. */
export interface PlanText {
  readonly windows: readonly string[];
  readonly halfLives: readonly string[];
  readonly lateness: string;
  readonly revisableWindows: number;
  readonly emptyWindows: boolean;
  readonly extraDigits: number;
}

const UNITS: Readonly<Record<string, number>> = { ms: 1000, s: 1e6, m: 60e6, h: 3600e6 };
const DAY = 86_400e6;
const WINDOW_MAX = 7 * DAY;
const WINDOWS_MAX = 16;
const HALF_LIVES_MAX = 16;
const LATENESS_WINDOWS_MAX = 100;
/**
 * Half-lives that fit into the shortest window at most: a trade at its beginning then has a weight of 2^-500 at its end,
 * which a double still tells from 0.
 */
const HALF_LIVES_PER_WINDOW_MAX = 500;

/**
 * Reads and checks a plan: windows and lateness like `500ms`, `10s`, `5m`, `1h`, half-lives also like `20t` for trades.
 * @throws `aggregation.bad-plan` naming the part
 */
export function readPlan(text: PlanText): AveragePlan {
  const windows = text.windows.map((window) => {
    const micros = readDuration(window);
    if (micros === undefined || micros < 1 || micros > WINDOW_MAX) {
      throw fail("aggregation.bad-plan", `${JSON.stringify(window)} is no window of 1ms to 168h`);
    }
    return micros;
  });
  windows.sort((left, right) => left - right);
  if (windows.length === 0 || windows.length > WINDOWS_MAX || new Set(windows).size !== windows.length) {
    throw fail("aggregation.bad-plan", `1 to ${WINDOWS_MAX} different windows are needed`);
  }
  const halfLives = text.halfLives.map(readHalfLife);
  if (halfLives.length > HALF_LIVES_MAX) {
    throw fail(
      "aggregation.bad-plan",
      `${halfLives.length} half-lives are given, at most ${HALF_LIVES_MAX} can be`,
    );
  }
  for (const [index, life] of halfLives.entries()) {
    if (life.kind === "count" || life.micros * HALF_LIVES_PER_WINDOW_MAX >= windows[0]!) continue;
    const detail = `the half-life ${text.halfLives[index]} is below a ${HALF_LIVES_PER_WINDOW_MAX}th of the shortest window`;
    throw fail("aggregation.bad-plan", detail);
  }
  const latenessMicros = readDuration(text.lateness);
  if (latenessMicros === undefined || latenessMicros > windows[0]! * LATENESS_WINDOWS_MAX) {
    const detail = `lateness ${JSON.stringify(text.lateness)} is not 0 to ${LATENESS_WINDOWS_MAX} of the shortest windows`;
    throw fail("aggregation.bad-plan", detail);
  }
  const { revisableWindows, emptyWindows, extraDigits } = text;
  checkWhole("revisable windows", revisableWindows, 100);
  checkWhole("extra digits", extraDigits, 9);
  return { windows, halfLives, latenessMicros, revisableWindows, emptyWindows, extraDigits };
}

/** One line that tells plans apart; two of equal words make equal bytes of equal input. */
export function describePlan(plan: AveragePlan): string {
  const { windows, halfLives, latenessMicros, revisableWindows, emptyWindows, extraDigits } = plan;
  const lives = halfLives.map((life) =>
    life.kind === "count" ? `${life.trades}t` : durationText(life.micros),
  );
  return [
    `windows ${windows.map(durationText).join(",")}`,
    `half-lives ${lives.join(",") || "none"}`,
    `lateness ${durationText(latenessMicros)}`,
    `revisable ${revisableWindows}`,
    `empty ${emptyWindows}`,
    `digits ${extraDigits}`,
  ].join("; ");
}

/** Microseconds as they are written in a plan. */
export function durationText(micros: number): string {
  for (const unit of ["h", "m", "s"])
    if (micros > 0 && micros % UNITS[unit]! === 0) return `${micros / UNITS[unit]!}${unit}`;
  return `${micros / 1000}ms`;
}

function readHalfLife(text: string): HalfLife {
  const trades = /^([1-9]\d{0,6})t$/.exec(text)?.[1];
  if (trades !== undefined) return { kind: "count", trades: Number(trades) };
  const micros = readDuration(text);
  if (micros === undefined || micros < 1 || micros > 365 * DAY) {
    throw fail("aggregation.bad-plan", `${JSON.stringify(text)} is neither trades (20t) nor a time (30s)`);
  }
  return { kind: "time", micros };
}

function readDuration(text: string): number | undefined {
  const match = /^(\d{1,9})(ms|s|m|h)$/.exec(text);
  return match ? Number(match[1]) * UNITS[match[2]!]! : undefined;
}

function checkWhole(what: string, value: number, max: number): void {
  if (Number.isInteger(value) && value >= 0 && value <= max) return;
  throw fail("aggregation.bad-plan", `${what} ${value} is not a whole number of 0 to ${max}`);
}
