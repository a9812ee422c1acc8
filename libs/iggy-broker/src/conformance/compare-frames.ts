import {
  decodeReplyHeader,
  FrameKind,
  frameBody,
  frameKind,
  frameSize,
  HEADER_BYTES,
  PolledBatches,
} from "@ims/iggy-protocol";
import type { Entry } from "./transcript.js";

const EVICTION_REASON_AT = 255;
/** Reason and version window. */
const EVICTION_COMPARED_AT = [EVICTION_REASON_AT, 144, 145, 148, 149];

/** What differs between a recorded and a received frame, by the rules of the recordings' README; undefined for nothing. */
export function frameDifference(
  expected: Buffer,
  actual: Buffer,
  entry: Entry,
  sizesMayVary: boolean,
): string | undefined {
  const other = `expected ${describeFrame(expected)}, came ${describeFrame(actual)}`;
  if (matchKey(expected) !== matchKey(actual)) return other;
  if (frameKind(actual) === FrameKind.Eviction) {
    return EVICTION_COMPARED_AT.every((at) => expected[at] === actual[at]) ? undefined : other;
  }
  if (decodeReplyHeader(expected).status !== decodeReplyHeader(actual).status) return other;
  if (actual.length !== entry.len) {
    return sizesMayVary ? undefined : `expected ${entry.len} bytes, came ${actual.length}`;
  }
  if (entry.varies?.some(({ what }) => what.includes("batch checksum"))) {
    try {
      new PolledBatches(frameBody(actual)).verifyChecksums();
    } catch (error) {
      return String(error);
    }
  }
  return bodyDifference(expected, actual, entry);
}

/** Replies are matched by it, since writes may be overtaken. */
export function matchKey(frame: Uint8Array): string {
  if (frameKind(frame) !== FrameKind.Reply) return `kind ${frameKind(frame)}`;
  const { request, operation, status } = decodeReplyHeader(frame);
  // A denied create names the operation that was asked for, a committed one the rewritten operation.
  return `reply ${request} ${status === 0 ? operation : "denied"}`;
}

export function isRefusal(frame: Uint8Array): boolean {
  return frameKind(frame) === FrameKind.Eviction || decodeReplyHeader(frame).status !== 0;
}

export function describeFrame(frame: Uint8Array): string {
  if (frameKind(frame) === FrameKind.Eviction) return `eviction ${frame[EVICTION_REASON_AT]}`;
  const { request, operation, status } = decodeReplyHeader(frame);
  return `reply to ${request}, operation ${operation}, status ${status}, ${frameSize(frame)} bytes`;
}

function bodyDifference(expected: Buffer, actual: Buffer, entry: Entry): string | undefined {
  const varies = entry.varies ?? [];
  const isFree = (index: number) => varies.some(({ at, len }) => index >= at && index < at + len);
  // Of a shortened recording only the beginning is there.
  for (let at = HEADER_BYTES; at < expected.length; at++) {
    if (expected[at] !== actual[at] && !isFree(at))
      return `byte ${at} is ${actual[at]}, expected ${expected[at]}`;
  }
  return undefined;
}
