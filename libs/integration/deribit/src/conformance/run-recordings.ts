import { join } from "node:path";
import { dataTypeName, ExchangeId } from "@ims/common";
import {
  differences,
  type ExpectedSession,
  type Outcome,
  readGzipText,
  recordedLines,
  type VenueRecordings,
} from "@ims/integration-kit/conformance";
import { readInstruments } from "../instruments.js";
import { parseExactJson } from "../json/exact-json.js";
import { SessionReplay } from "./session-replay.js";

interface DeribitSession extends ExpectedSession {
  readonly books?: Readonly<Record<string, object>>;
}

/** Replays through the reader of a connection; of all recordings every frame of a channel that is read must be taken. */
export const VENUE_RECORDINGS: VenueRecordings<DeribitSession> = {
  venue: "Deribit",
  folders: ["deribit"],
  checkSession: replay,
  checkFile: (root, file) =>
    file.endsWith(".jsonl.gz") ? replay(root, { files: [file] }) : readList(join(root, file)),
};

async function replay(root: string, { books = {}, files }: DeribitSession): Promise<Outcome> {
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
    failures.push(...differences(`book of ${symbol}`, expected, seen.get(symbol), Object.keys(expected)));
  }
  const counts = [...session.counts].map(([dataType, count]) => `${count} ${dataTypeName(dataType)}`);
  return {
    seen: `${session.frameCount} frames, ${session.bodyCount} bodies: ${counts.join(", ")}; ${Object.keys(books).length} books as expected`,
    failures,
  };
}

function readList(file: string): Outcome {
  const { listed, skipped } = readInstruments(parseExactJson(readGzipText(file)), ExchangeId.Deribit);
  return { seen: `${listed.size} instruments`, failures: skipped };
}
