import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describeError } from "@ims/common";
import { checkBatches } from "./check-batches.js";
import { checkXxh3, checkXxh32 } from "./check-hashes.js";
import { checkErrorReplies, checkRegisterBodies, checkRequestHeaders } from "./check-headers.js";
import { checkReplyBodies } from "./check-reply-bodies.js";
import { checkRequestBodies } from "./check-request-bodies.js";
import { Report } from "./report.js";
import { type Vector, vectorsOf } from "./vector.js";

const CHECKS: ReadonlyMap<string, (vectors: readonly Vector[], report: Report) => void> = new Map([
  ["hashes-xxh3-64.json", checkXxh3],
  ["hashes-xxh32.json", checkXxh32],
  ["batches.json", checkBatches],
  ["request-headers.json", checkRequestHeaders],
  ["register-bodies.json", checkRegisterBodies],
  ["request-bodies.json", checkRequestBodies],
  ["reply-bodies.json", checkReplyBodies],
  ["error-replies.json", checkErrorReplies],
]);

/** Larger files are refused unread. */
const FILE_BYTES_MAX = 256 * 1024 * 1024;

/**
 * Checks every file of vectors in a folder, each of them optional, in the order of their names. A file that cannot be
 * read as vectors is one failure. Other files, transcripts above all, are left alone. Throws for a folder that is none.
 */
export function runConformance(folder: string): Report[] {
  const reports: Report[] = [];
  for (const name of readdirSync(folder).sort()) {
    const check = CHECKS.get(name);
    if (check === undefined) continue;
    const report = new Report(name);
    try {
      check(readVectors(join(folder, name)), report);
    } catch (error) {
      report.check("the file", () => [describeError(error)]);
    }
    reports.push(report);
  }
  return reports;
}

function readVectors(path: string): Vector[] {
  const { size } = statSync(path);
  if (size > FILE_BYTES_MAX) throw new Error(`${size} bytes, at most ${FILE_BYTES_MAX} are read`);
  return vectorsOf(readFileSync(path, "utf8"));
}
