import { type ImsError, isImsError } from "@ims/common";
import { IggyErrorCode, isTransientError } from "@ims/iggy-protocol";
import { refusalCode } from "../errors.js";

/**
 * What a failed request of a consumer calls for.
 * - `retry`: the connection, the session or the server's readiness; repeating may help.
 * - `missing`: stream, topic, partition or group do not exist.
 * - `too-large`: the reply exceeded the largest accepted frame.
 * - `fatal`: repeating the same cannot help.
 */
export type RequestFault = "retry" | "missing" | "too-large" | "fatal";

const MISSING: ReadonlySet<number> = new Set([
  IggyErrorCode.StreamIdNotFound,
  IggyErrorCode.TopicIdNotFound,
  IggyErrorCode.PartitionNotFound,
  IggyErrorCode.ConsumerGroupIdNotFound,
]);

/** Answers of a server that has lost the session while the client has not noticed yet. */
const SESSION_GONE: ReadonlySet<number> = new Set([
  IggyErrorCode.Disconnected,
  IggyErrorCode.StaleClient,
  IggyErrorCode.Unauthenticated,
]);

export function requestFault(error: unknown): RequestFault {
  if (isImsError(error, "iggy-client.consumer-target-missing")) return "missing";
  const code = refusalCode(error);
  if (code !== undefined) {
    if (MISSING.has(code)) return "missing";
    return isTransientError(code) || SESSION_GONE.has(code) ? "retry" : "fatal";
  }
  if (isImsError(error, "iggy-client.outcome-unknown")) return isTooLarge(error) ? "too-large" : "retry";
  return isImsError(error) && error.retryable ? "retry" : "fatal";
}

function isTooLarge(error: ImsError): boolean {
  for (let cause: unknown = error.cause; cause instanceof Error; cause = cause.cause) {
    if (!isImsError(cause, "iggy-protocol.frame-size")) continue;
    const { size, frameBytesMax } = cause.context as { size?: number; frameBytesMax?: number };
    return (size ?? 0) > (frameBytesMax ?? 0);
  }
  return false;
}
