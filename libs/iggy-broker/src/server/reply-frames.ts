import { encodeReplyFrame, type RequestHeader } from "@ims/iggy-protocol";

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
