import {
  decodeReplyHeader,
  EVICTION_AT,
  FrameKind,
  frameBody,
  frameKind,
  HEADER_BYTES,
  PolledBatches,
} from "@ims/iggy-protocol";
import type { TranscriptEntry } from "./transcript.js";

const VERSION_WINDOW_BYTES = 8;

/**
 * Compares an answer with the recorded one by the rules of the recordings' README: kind, operation, status, request
 * number and length, the body except what varies, reason and versions of an eviction; other header fields are not
 * compared. Gives the first difference in words, `undefined` when there is none.
 */
export function frameDifference(
  expected: Uint8Array,
  actual: Uint8Array | undefined,
  entry: TranscriptEntry,
): string | undefined {
  if (!actual) return "nothing came";
  if (frameKind(expected) !== frameKind(actual)) {
    return `frame kind ${frameKind(actual)}, expected ${frameKind(expected)}`;
  }
  if (frameKind(actual) === FrameKind.Eviction) return evictionDifference(expected, actual);
  const [wanted, came] = [decodeReplyHeader(expected), decodeReplyHeader(actual)];
  for (const field of ["operation", "status", "request"] as const) {
    if (wanted[field] !== came[field]) return `${field} ${came[field]}, expected ${wanted[field]}`;
  }
  if (expected.length !== actual.length) return `${actual.length} bytes, expected ${expected.length}`;
  return bodyDifference(expected, actual, entry);
}

function evictionDifference(expected: Uint8Array, actual: Uint8Array): string | undefined {
  const places: number[] = [EVICTION_AT.reason];
  for (let at = 0; at < VERSION_WINDOW_BYTES; at++) places.push(EVICTION_AT.serverVersion + at);
  for (const at of places) {
    if (expected[at] !== actual[at]) return `eviction byte ${at} is ${actual[at]}, expected ${expected[at]}`;
  }
  return undefined;
}

function bodyDifference(
  expected: Uint8Array,
  actual: Uint8Array,
  { varies = [] }: TranscriptEntry,
): string | undefined {
  // A checksum over a time of its own has to be right, not equal.
  if (varies.some(({ what }) => what.includes("batch checksum"))) {
    new PolledBatches(frameBody(actual)).verifyChecksums();
  }
  for (let at = HEADER_BYTES; at < expected.length; at++) {
    if (expected[at] === actual[at]) continue;
    if (varies.some((place) => at >= place.at && at < place.at + place.len)) continue;
    return `byte ${at} is ${actual[at]}, expected ${expected[at]}`;
  }
  return undefined;
}
