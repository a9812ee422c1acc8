import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { dataTypeName, describeError, ExchangeId } from "@ims/common";
import { readInstruments } from "../instruments.js";
import { parseExactJson } from "../json/exact-json.js";
import { readPacked, recordedLines } from "./recorded-lines.js";
import { SessionReplay } from "./session-replay.js";

export interface RecordingReport {
  readonly name: string;
  readonly verdict: "passed" | "failed";
  /** What was seen; on failure what differs. */
  readonly details: readonly string[];
}

interface ExpectedSession {
  readonly files: readonly string[];
  readonly books?: Readonly<Record<string, object>>;
}

const FOLDER = "deribit";

/**
 * Replays every recording of Deribit below a folder through the reader of a connection. Sessions with expectations must
 * meet them; of all others every frame of a channel that is read must be taken. Lists of instruments must read whole.
 * Throws if there is no readable `expectations.json`.
 */
export async function* runRecordings(root: string): AsyncGenerator<RecordingReport> {
  const sessions = JSON.parse(readFileSync(join(root, "expectations.json"), "utf8")) as Record<
    string,
    ExpectedSession
  >;
  const covered = new Set<string>();
  for (const [name, session] of Object.entries(sessions)) {
    if (!session.files[0]?.startsWith(`${FOLDER}/`)) continue;
    for (const file of session.files) covered.add(file);
    yield await report(name, () => replay(root, session));
  }
  for (const file of filesOf(root).filter((candidate) => !covered.has(candidate))) {
    yield await report(file, () =>
      file.endsWith(".jsonl.gz") ? replay(root, { files: [file] }) : readList(join(root, file)),
    );
  }
}

interface Outcome {
  readonly seen: string;
  readonly failures: readonly string[];
}

async function report(name: string, check: () => Outcome | Promise<Outcome>): Promise<RecordingReport> {
  try {
    const { failures, seen } = await check();
    return failures.length === 0
      ? { name, verdict: "passed", details: [seen] }
      : { name, verdict: "failed", details: failures };
  } catch (error) {
    return { name, verdict: "failed", details: [describeError(error)] };
  }
}

async function replay(root: string, { books = {}, files }: ExpectedSession): Promise<Outcome> {
  const session = new SessionReplay();
  for (const file of files) {
    for (const { data, url } of recordedLines(join(root, file))) {
      if (url.startsWith("ws")) session.frame(data);
      else session.body(url, data);
    }
  }
  await session.close();
  const failures = session.rejections.map(({ detail, symbol }) => `refused: ${symbol ?? ""} ${detail}`);
  if (session.frameCount === 0) failures.push("no frame of a channel that is read");
  const seen = session.books();
  for (const [symbol, expected] of Object.entries(books)) {
    for (const [field, value] of Object.entries(expected)) {
      const found = JSON.stringify(
        (seen.get(symbol) as unknown as Record<string, unknown> | undefined)?.[field],
      );
      const wanted = JSON.stringify(value);
      if (found !== wanted) failures.push(`book of ${symbol}: ${field} is ${found}, expected ${wanted}`);
    }
  }
  const counts = [...session.counts].map(([dataType, count]) => `${count} ${dataTypeName(dataType)}`);
  return {
    seen: `${session.frameCount} frames, ${session.bodyCount} bodies: ${counts.join(", ")}; ${Object.keys(books).length} books as expected`,
    failures,
  };
}

function readList(file: string): Outcome {
  const { listed, skipped } = readInstruments(parseExactJson(readPacked(file)), ExchangeId.Deribit);
  return { seen: `${listed.size} instruments`, failures: skipped };
}

/** Recordings of the venue below the folder, as the expectations name them; none where there are only others'. */
function filesOf(root: string): string[] {
  if (!existsSync(join(root, FOLDER))) return [];
  return readdirSync(join(root, FOLDER))
    .filter((file) => /\.jsonl?\.gz$/.test(file))
    .map((file) => `${FOLDER}/${file}`)
    .sort();
}
