import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describeError } from "@ims/common";
import { type ExpectedSession, readExpectations } from "./expectations.js";

export interface RecordingReport {
  readonly name: string;
  readonly verdict: "passed" | "failed" | "skipped";
  /** What was seen; on failure what differs. */
  readonly details: readonly string[];
}

/** What a replay saw, and what was wrong with it. */
export interface Outcome {
  readonly seen: string;
  readonly failures: readonly string[];
}

/** How one venue replays its recordings. */
export interface VenueRecordings<Session extends ExpectedSession> {
  /** Its name, for people. */
  readonly venue: string;
  /** Folders that hold its recordings. */
  readonly folders: readonly string[];
  /** Replays the files of a session, which must meet its expectations. */
  checkSession(root: string, session: Session): Outcome | Promise<Outcome>;
  /**
   * Replays a recording that no session names, or reads a list: all of it must be taken.
   * @param file relative to `root`
   * @returns undefined where it holds nothing that the venue reads
   */
  checkFile(root: string, file: string): Outcome | undefined | Promise<Outcome | undefined>;
}

/**
 * Replays every recording of a venue below a folder; those of others are skipped.
 * @throws Error if there is no readable `expectations.json`
 */
export async function runRecordings<Session extends ExpectedSession>(
  venue: VenueRecordings<Session>,
  root: string,
): Promise<readonly RecordingReport[]> {
  const sessions = readExpectations(join(root, "expectations.json"));
  const reports: RecordingReport[] = [];
  for (const [name, session] of sessions) {
    const check = () => venue.checkSession(root, session as Session);
    reports.push(await report(venue, name, session.files[0]!, check));
  }
  const covered = new Set([...sessions.values()].flatMap(({ files }) => files));
  for (const file of recordingsBelow(root).filter((candidate) => !covered.has(candidate))) {
    reports.push(await report(venue, file, file, () => venue.checkFile(root, file)));
  }
  return reports;
}

type Check = () => ReturnType<VenueRecordings<never>["checkFile"]>;

async function report(
  { folders, venue }: Pick<VenueRecordings<never>, "folders" | "venue">,
  name: string,
  file: string,
  check: Check,
): Promise<RecordingReport> {
  if (!folders.includes(file.split("/")[0]!)) {
    return { name, verdict: "skipped", details: [`not of ${venue}`] };
  }
  try {
    const outcome = await check();
    if (!outcome) return { name, verdict: "skipped", details: ["no frames of streams"] };
    const { failures, seen } = outcome;
    return failures.length === 0
      ? { name, verdict: "passed", details: [seen] }
      : { name, verdict: "failed", details: failures };
  } catch (error) {
    return { name, verdict: "failed", details: [describeError(error)] };
  }
}

/** Recordings in the folders of the root, as expectations name them. */
function recordingsBelow(root: string): string[] {
  return readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name }) => readdirSync(join(root, name)).map((file) => `${name}/${file}`))
    .filter((file) => /\.jsonl?\.gz$/.test(file))
    .sort();
}
