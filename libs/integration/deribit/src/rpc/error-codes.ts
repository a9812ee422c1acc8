import type { HttpTransport } from "@ims/integration-kit";

/** `too_many_requests`: the session ends, and more requests make it worse. */
const TOO_MANY_REQUESTS = 10028;
/** Errors that pass by themselves (deribit.md section 3). */
const RETRY_LATER: ReadonlySet<number> = new Set([10040, 10041, 10047, 10066, 11051, 11094, 13028, 13888]);
const ERROR_CODE = /"error"\s*:\s*\{[^{}]*?"code"\s*:\s*(-?[0-9]+)/;

/**
 * The venue says in the body what other venues say in the status of an answer: errors get the status that stands for
 * what to do, 429 for a pause, 503 to try again, 400 for what will never be had.
 */
export function statusByErrorCode(transport: HttpTransport): HttpTransport {
  return async (url, headers, bytesMax, signal) => {
    const reply = await transport(url, headers, bytesMax, signal);
    const code = ERROR_CODE.exec(reply.body.toString("utf8", 0, 4096))?.[1];
    return code === undefined ? reply : { ...reply, status: statusOf(Number(code)) };
  };
}

function statusOf(code: number): number {
  if (code === TOO_MANY_REQUESTS) return 429;
  return RETRY_LATER.has(code) ? 503 : 400;
}
