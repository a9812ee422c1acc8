import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describeError, trimFraction } from "@ims/common";
import { readInstruments } from "../instruments/instruments.js";
import { readGzipJson, recordedLines } from "./recorded-lines.js";
import { type SeenBook, type SeenTrades, SessionReplay } from "./session-replay.js";

export interface RecordingReport {
  readonly name: string;
  readonly verdict: "passed" | "failed";
  /** What was seen; on failure what differs. */
  readonly details: readonly string[];
}

/** What an independent replay of a session found; texts are decimals. */
export interface ExpectedSession {
  readonly files: readonly string[];
  readonly books?: Readonly<Record<string, SeenBook>>;
  readonly trades?: Readonly<Record<string, SeenTrades>>;
}

const FOLDER = "bitstamp/";

/**
 * Replays every recording of Bitstamp below a folder through frame reader, book rule and books. Sessions with
 * expectations must meet them; of other recordings every frame and body must be taken. Throws if there is no readable
 * `expectations.json`.
 */
export function* runRecordings(root: string): Generator<RecordingReport> {
  const sessions = JSON.parse(readFileSync(join(root, "expectations.json"), "utf8")) as Readonly<
    Record<string, ExpectedSession>
  >;
  const covered = new Set<string>();
  for (const [name, session] of Object.entries(sessions)) {
    if (!session.files.some((file) => file.startsWith(FOLDER))) continue;
    for (const file of session.files) covered.add(file);
    yield report(name, () => checkSession(root, session));
  }
  // There may be recordings of other venues only.
  const own = existsSync(join(root, FOLDER)) ? readdirSync(join(root, FOLDER)) : [];
  const files = own.map((file) => `${FOLDER}${file}`);
  for (const file of files.filter((candidate) => !covered.has(candidate)).sort()) {
    if (file.endsWith(".jsonl.gz")) yield report(file, () => checkLines(join(root, file)));
    else if (file.endsWith(".json.gz")) yield report(file, () => checkList(join(root, file)));
  }
}

interface Outcome {
  readonly seen: string;
  readonly failures: readonly string[];
}

function report(name: string, check: () => Outcome): RecordingReport {
  try {
    const { failures, seen } = check();
    return failures.length === 0
      ? { name, verdict: "passed", details: [seen] }
      : { name, verdict: "failed", details: failures };
  } catch (error) {
    return { name, verdict: "failed", details: [describeError(error)] };
  }
}

function checkSession(root: string, session: ExpectedSession): Outcome {
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

/** One line for each field of `seen` that is not as expected. */
function* differences<T extends object>(
  what: string,
  expected: T | undefined,
  seen: T | undefined,
): Generator<string> {
  if (!expected || !seen) {
    yield `${what}: ${expected ? "there is none" : "is not expected"}`;
    return;
  }
  for (const [key, value] of Object.entries(seen)) {
    const wanted = JSON.stringify((expected as Readonly<Record<string, unknown>>)[key]);
    const found = JSON.stringify(value);
    if (wanted !== found) yield `${what}: ${key} is ${found}, expected ${wanted ?? "none"}`;
  }
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
  const seen = `${replay.frameCount} frames, ${replay.bodyCount} bodies, ${listCount} instruments, all taken`;
  return { seen, failures };
}

function checkList(file: string): Outcome {
  const body = readGzipJson(file);
  const { size } = readInstruments(body, "/trading-pairs-info/");
  const rowCount = Array.isArray(body) ? body.length : 0;
  const failures = size === rowCount ? [] : [`${rowCount - size} of ${rowCount} rows cannot be read`];
  return { seen: `${size} instruments`, failures };
}
