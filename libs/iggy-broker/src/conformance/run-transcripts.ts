import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describeError, SimulatedClock, systemClock } from "@ims/common";
import { MemoryFileSystem } from "@ims/segment-log";
import { startBroker } from "../broker.js";
import { type ReplayOptions, replay } from "./replay.js";
import { readTranscript, type Transcript } from "./transcript.js";

/** What became of one recording. */
export interface TranscriptReport {
  readonly id: string;
  /** None when the broker answered alike. */
  readonly differences: readonly string[];
}

/** Recordings of a folder in order of name; other JSON files are left alone. */
export function transcriptFiles(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith(".json"))
    .sort()
    .map((name) => join(folder, name));
}

/** Replays one file against a new broker of its own; undefined for a file that is no recording. Never rejects. */
export async function runTranscript(
  path: string,
  options: Pick<ReplayOptions, "answerMillis"> = {},
): Promise<TranscriptReport | undefined> {
  let transcript: Transcript | undefined;
  try {
    transcript = readTranscript(path);
    if (transcript === undefined) return undefined;
    return { id: transcript.id, differences: await againstNewBroker(transcript, options) };
  } catch (error) {
    return { id: transcript?.id ?? path, differences: [describeError(error)] };
  }
}

async function againstNewBroker(
  transcript: Transcript,
  options: Pick<ReplayOptions, "answerMillis">,
): Promise<string[]> {
  // Recordings that waited are not waited for: time passes at once.
  const clock = new SimulatedClock(systemClock.nowMicros());
  const broker = await startBroker({
    port: 0,
    dataDir: "/conformance",
    fileSystem: new MemoryFileSystem(),
    clock,
    passwordCost: { log2N: 10 },
  });
  try {
    const letPass = (millis: number) => clock.advance(millis);
    return await replay(transcript, { ...options, port: broker.port, letPass });
  } finally {
    await broker.close();
  }
}
