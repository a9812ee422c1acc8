import type { VenueTrade } from "./markets.js";
import type { JournalEntry } from "./reader.js";

/** What one reader has of one symbol, held against the venue's history. */
export interface TradeAccount {
  readonly tradeCount: number;
  readonly backFilledCount: number;
  /** Ids between its first and last trade that it does not have, and that gaps tell of. */
  readonly toldCount: number;
  /** What must not be, in words; empty when every trade is there once, in order, or told to be missing. */
  readonly faults: readonly string[];
}

const FAULTS_MAX = 5;

/** The first and the last trade of a symbol in a journal; undefined without any. */
export function spanOf(
  symbol: string,
  journal: readonly JournalEntry[],
): { readonly firstId: number; readonly lastId: number } | undefined {
  const ids = journal.flatMap((entry) =>
    entry.kind === "trade" && entry.symbol === symbol ? entry.tradeId : [],
  );
  if (ids.length === 0) return undefined;
  return { firstId: ids[0]!, lastId: ids.reduce((a, b) => Math.max(a, b)) };
}

/**
 * Every trade that the venue made between the first and the last that the reader has, once and in the order of ids, with
 * the venue's price and quantity, or within a gap that tells of it: by its ids or, without these, by its times.
 *
 * @param truth the venue's history, at least of that time
 */
export function accountOf(
  truth: ReadonlyMap<number, VenueTrade>,
  symbol: string,
  journal: readonly JournalEntry[],
): TradeAccount {
  const faults: string[] = [];
  const trades = journal.filter((entry) => entry.kind === "trade" && entry.symbol === symbol);
  const gaps = journal.filter((entry) => entry.kind === "gap" && entry.symbol === symbol);
  const seen = new Set<number>();
  let lastId = 0;
  for (const { flags, tradeId } of trades) {
    if (seen.has(tradeId)) faults.push(`trade ${tradeId} came twice`);
    // One that was given up waiting for says so.
    else if (tradeId < lastId && !flags.includes("late")) faults.push(`${tradeId} came after ${lastId}`);
    seen.add(tradeId);
    lastId = Math.max(lastId, tradeId);
  }
  const firstId = trades[0]?.tradeId ?? 0;
  for (const { price, quantity, tradeId } of trades) {
    const made = truth.get(tradeId);
    if (made && isSame(made.price, price) && isSame(made.qty, quantity)) continue;
    faults.push(`trade ${tradeId} is ${quantity} at ${price}, the venue's ${made?.qty} at ${made?.price}`);
  }
  for (const entry of journal) {
    const isBroken = ["malformed", "lost", "missed"].includes(entry.kind);
    if (isBroken && (entry.symbol ?? symbol) === symbol) faults.push(JSON.stringify(entry));
  }
  let toldCount = 0;
  const untold: number[] = [];
  for (const { id, time } of truth.values()) {
    if (id < firstId || id > lastId || seen.has(id)) continue;
    if (gaps.some((gap) => tellsOf(gap, id, time * 1000))) toldCount++;
    else untold.push(id);
  }
  if (untold.length > 0) {
    faults.push(`${untold.length} trades are missing and not told: ${untold.slice(0, FAULTS_MAX)} …`);
  }
  return {
    tradeCount: trades.length,
    backFilledCount: trades.filter(({ flags }) => flags.includes("back-filled")).length,
    toldCount,
    faults: faults.slice(0, FAULTS_MAX),
  };
}

function tellsOf({ fromId, fromMicros, toId, toMicros }: JournalEntry, id: number, micros: number): boolean {
  if (fromId !== null && toId !== null) return id >= fromId && id <= toId;
  return micros >= (fromMicros ?? 0) && micros <= (toMicros ?? Number.POSITIVE_INFINITY);
}

/** Two decimals are the same number: the venue writes more zeros than a reader. */
function isSame(a: string, b: string): boolean {
  return withoutZeros(a) === withoutZeros(b);
}

function withoutZeros(text: string): string {
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}
