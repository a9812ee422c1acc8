import { join } from "node:path";
import {
  differences,
  type Outcome,
  readGzipText,
  recordedLines,
  type VenueRecordings,
} from "@ims/integration-kit/conformance";
import { futuresSequence, type SequenceRule, spotSequence } from "../common/book/sequence-rule.js";
import { readExchangeInfo } from "../common/instruments/exchange-info.js";
import type { BinanceMarketName } from "../common/market/binance-market.js";
import { BINANCE_MARKETS } from "../common/market/markets.js";
import { canonical } from "./canonical.js";
import type { BinanceSession } from "./expectations.js";
import { SessionReplay } from "./session-replay.js";

interface Folder {
  readonly market: BinanceMarketName;
  readonly rule: SequenceRule;
}

/** Folders of recordings, and the market and the rule of books behind each. */
const FOLDERS: Readonly<Record<string, Folder>> = {
  "binance-spot": { market: "spot", rule: spotSequence },
  "binance-usdm": { market: "usd-future", rule: futuresSequence },
  "binance-coinm": { market: "coin-future", rule: futuresSequence },
};

/** Replays through decoders, sequencers and books; of other recordings no trade id may be missing. */
export const VENUE_RECORDINGS: VenueRecordings<BinanceSession> = {
  venue: "Binance",
  folders: Object.keys(FOLDERS),
  checkSession: (root, session) => checkSession(root, session, folderOf(session.files[0]!).rule),
  checkFile(root, file) {
    const { market, rule } = folderOf(file);
    const path = join(root, file);
    if (!file.endsWith(".jsonl.gz")) return checkList(path, market);
    return checkFrames(path, rule, !file.endsWith("/single-frames.jsonl.gz"));
  },
};

function folderOf(file: string): Folder {
  return FOLDERS[file.split("/")[0]!]!;
}

function checkSession(root: string, session: BinanceSession, rule: SequenceRule): Outcome {
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
  const body = JSON.parse(readGzipText(file)) as { readonly result?: unknown };
  // Answers of the WebSocket API have the list one level deeper.
  const { listed, skipped } = readExchangeInfo(body.result ?? body, production, symbolRules);
  return { seen: `${listed.size} instruments`, failures: skipped };
}

function framesOf({ counters, frameCount }: SessionReplay): string {
  return `${frameCount} frames (${counters.fallbackCount} of unusual shape)`;
}
