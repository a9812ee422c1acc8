import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describeError } from "@ims/common";
import { futuresSequence, type SequenceRule, spotSequence } from "../common/book/sequence-rule.js";
import { readExchangeInfo } from "../common/instruments/exchange-info.js";
import type { BinanceMarketName } from "../common/market/binance-market.js";
import { BINANCE_MARKETS } from "../common/market/markets.js";
import { canonical, differences } from "./differences.js";
import { type ExpectedSession, readExpectations } from "./expectations.js";
import { readGzipJson, recordedLines } from "./recorded-lines.js";
import { SessionReplay } from "./session-replay.js";

export interface RecordingReport {
  readonly name: string;
  readonly verdict: "passed" | "failed" | "skipped";
  /** What was seen; on failure what differs, most important first. */
  readonly details: readonly string[];
}

/** Folders of recordings, and the market and the rule of books behind each. */
const FOLDERS: Readonly<Record<string, { readonly market: BinanceMarketName; readonly rule: SequenceRule }>> =
  {
    "binance-spot": { market: "spot", rule: spotSequence },
    "binance-usdm": { market: "usd-future", rule: futuresSequence },
    "binance-coinm": { market: "coin-future", rule: futuresSequence },
  };

/**
 * Replays every recording of a folder through decoders, sequencers and books. Sessions with expectations must meet them;
 * of other recordings every frame of a kind that is read must be taken, without a jump of trade ids. Throws if there is
 * no readable `expectations.json`.
 */
export function* runRecordings(root: string): Generator<RecordingReport> {
  const sessions = readExpectations(join(root, "expectations.json"));
  const covered = new Set<string>();
  for (const [name, session] of sessions) {
    for (const file of session.files) covered.add(file);
    yield report(name, session.files[0]!, ({ rule }) => checkSession(root, session, rule));
  }
  for (const file of filesOf(root).filter((candidate) => !covered.has(candidate))) {
    yield report(file, file, ({ market, rule }) =>
      file.endsWith(".jsonl.gz")
        ? checkFrames(join(root, file), rule, !file.endsWith("/single-frames.jsonl.gz"))
        : checkList(join(root, file), market),
    );
  }
}

interface Outcome {
  readonly seen: string;
  readonly failures: readonly string[];
}

function report(
  name: string,
  file: string,
  check: (folder: (typeof FOLDERS)[string]) => Outcome | undefined,
): RecordingReport {
  const folder = FOLDERS[file.split("/")[0]!];
  if (!folder) return { name, verdict: "skipped", details: ["not of Binance"] };
  try {
    const outcome = check(folder);
    if (!outcome) return { name, verdict: "skipped", details: ["no frames of streams"] };
    const { failures, seen } = outcome;
    return failures.length === 0
      ? { name, verdict: "passed", details: [seen] }
      : { name, verdict: "failed", details: failures };
  } catch (error) {
    return { name, verdict: "failed", details: [describeError(error)] };
  }
}

function checkSession(root: string, session: ExpectedSession, rule: SequenceRule): Outcome {
  const replay = new SessionReplay(rule);
  for (const file of session.files) for (const line of recordedLines(join(root, file))) replay.line(line);
  const failures = [...troubles(replay)];
  const books = Object.entries(session.books ?? {});
  for (const [symbol, expected] of books) {
    failures.push(...differences(`book of ${symbol}`, canonical(expected), replay.book(symbol)));
  }
  const trades = Object.entries(session.trades ?? {});
  const seenTrades = replay.trades();
  for (const [key, expected] of trades) {
    failures.push(...differences(key, canonical(expected), seenTrades.get(key)));
  }
  for (const key of seenTrades.keys()) {
    if (!Object.hasOwn(session.trades ?? {}, key)) failures.push(`${key}: trades that are not expected`);
  }
  const tradeCount = trades.reduce((sum, [, { n }]) => sum + n, 0);
  const seen = `${framesOf(replay)}, ${tradeCount} trades of ${trades.length} streams, ${books.length} books`;
  return { seen, failures };
}

function checkFrames(file: string, rule: SequenceRule, isSequence: boolean): Outcome | undefined {
  const replay = new SessionReplay(rule);
  for (const line of recordedLines(file)) replay.line(line);
  if (replay.frameCount === 0) return undefined;
  // Single frames are quoted from everywhere, and follow one another in nothing.
  const failures = [...troubles(replay, isSequence)];
  return { seen: `${framesOf(replay)}, all taken`, failures };
}

function* troubles(
  { counters, frameCount, idJumps, rejections }: SessionReplay,
  checkIds = true,
): Generator<string> {
  if (frameCount === 0) yield "no frame of a kind that is read";
  for (const { detail } of rejections) yield `refused: ${detail}`;
  if (checkIds) for (const jump of idJumps) yield `trade ids jump: ${jump}`;
  if (counters.otherProductCount > 0) yield `${counters.otherProductCount} records of another product`;
}

function checkList(file: string, market: BinanceMarketName): Outcome {
  const { production, symbolRules } = BINANCE_MARKETS[market];
  const body = readGzipJson(file) as { readonly result?: unknown };
  // Answers of the WebSocket API have the list one level deeper.
  const { listed, skipped } = readExchangeInfo(body.result ?? body, production, symbolRules);
  return { seen: `${listed.size} instruments`, failures: skipped };
}

function framesOf({ counters, frameCount }: SessionReplay): string {
  return `${frameCount} frames (${counters.fallbackCount} of unusual shape)`;
}

/** Recordings below the folder, as the expectations name them. */
function filesOf(root: string): string[] {
  return readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name }) => readdirSync(join(root, name)).map((file) => `${name}/${file}`))
    .filter((file) => /\.jsonl?\.gz$/.test(file))
    .sort();
}
