import { join } from "node:path";
import { trimFraction } from "@ims/common";
import {
  differences,
  type ExpectedSession,
  type Outcome,
  readGzipText,
  recordedLines,
  type VenueRecordings,
} from "@ims/integration-kit/conformance";
import { readInstruments } from "../instruments/instruments.js";
import { type SeenBook, type SeenTrades, SessionReplay } from "./session-replay.js";

/** What an independent replay of a session found; texts are decimals. */
export interface BitstampSession extends ExpectedSession {
  readonly books?: Readonly<Record<string, SeenBook>>;
  readonly trades?: Readonly<Record<string, SeenTrades>>;
}

/** Replays through frame reader, book rule and books. */
export const VENUE_RECORDINGS: VenueRecordings<BitstampSession> = {
  venue: "Bitstamp",
  folders: ["bitstamp"],
  checkSession,
  checkFile: (root, file) =>
    file.endsWith(".jsonl.gz") ? checkLines(join(root, file)) : checkList(join(root, file)),
};

function checkSession(root: string, session: BitstampSession): Outcome {
  const replay = new SessionReplay();
  for (const file of session.files) for (const line of recordedLines(join(root, file))) replay.line(line);
  const { books = {}, trades = {} } = session;
  const failures = replay.rejections.map(({ detail }) => `refused: ${detail}`);
  for (const step of replay.idSteps) failures.push(`trade ids do not rise: ${step}`);
  for (const symbol of new Set([...Object.keys(books), ...replay.symbols])) {
    failures.push(...differences(`book of ${symbol}`, books[symbol], replay.book(symbol)));
  }
  for (const symbol of new Set([...Object.keys(trades), ...replay.tradeSymbols])) {
    const expected = trades[symbol] && { ...trades[symbol], amount: trimFraction(trades[symbol].amount) };
    failures.push(...differences(`trades of ${symbol}`, expected, replay.trades(symbol)));
  }
  const tradeCount = Object.values(trades).reduce((sum, { n }) => sum + n, 0);
  const frames = `${replay.frameCount} frames, ${replay.walkedCount} of them as bytes`;
  const seen = `${frames}, ${tradeCount} trades, ${Object.keys(books).length} books`;
  return { seen, failures };
}

function checkLines(file: string): Outcome {
  const replay = new SessionReplay();
  let listCount = 0;
  for (const line of recordedLines(file)) {
    if (line.url.includes("/trading-pairs-info/"))
      listCount += readInstruments(JSON.parse(line.data), line.url).size;
    else replay.line(line);
  }
  const failures = replay.rejections.map(({ detail }) => `refused: ${detail}`);
  const seen = `${replay.frameCount} frames, ${replay.orderCount} of them of orders, ${replay.bodyCount} bodies, ${listCount} instruments, all taken`;
  return { seen, failures };
}

function checkList(file: string): Outcome {
  const body = JSON.parse(readGzipText(file)) as unknown;
  const { size } = readInstruments(body, "/trading-pairs-info/");
  const rowCount = Array.isArray(body) ? body.length : 0;
  const failures = size === rowCount ? [] : [`${rowCount - size} of ${rowCount} rows cannot be read`];
  return { seen: `${size} instruments`, failures };
}
