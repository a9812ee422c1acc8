import {
  encodeReplyFrame,
  encodeReplyHeader,
  HEADER_BYTES,
  type ReplyFields,
  type RequestHeader,
} from "@ims/iggy-protocol";

/** A reply in one piece is written with far less ado than one in several: up to this size that is worth a copy. */
export const JOINED_REPLY_BYTES_MAX = 16 * 1024;

/** What a committed reply tells beside its body. */
export interface CommitFacts {
  /** May differ from that of the request. */
  readonly operation: number;
  /** Position in the global order, 0 for requests that have none. */
  readonly sequence: number;
  readonly nowMicros: number;
}

/** The reply to a request that was taken up. */
export function committedReply(
  { client, request, requestChecksum }: RequestHeader,
  body: Uint8Array,
  { operation, sequence, nowMicros }: CommitFacts,
): Uint8Array {
  return encodeReplyFrame(
    { client, request, operation, requestChecksum, op: sequence, commit: sequence, timestamp: nowMicros },
    body,
  );
}

/** One frame of a body in pieces, which are free afterwards. @param bodyBytes of all pieces together */
export function joinedReply(
  fields: ReplyFields,
  pieces: readonly Uint8Array[],
  bodyBytes: number,
): Uint8Array {
  const frame = new Uint8Array(HEADER_BYTES + bodyBytes);
  encodeReplyHeader(fields, bodyBytes, frame);
  let at = HEADER_BYTES;
  for (const piece of pieces) {
    frame.set(piece, at);
    at += piece.length;
  }
  return frame;
}
