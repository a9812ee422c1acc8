import type { HttpTransport } from "@ims/integration-kit";
import { exactObject, NumberText, parseExactJson } from "../json/exact-json.js";

/** `too_many_requests`: the session ends, and more requests make it worse. */
const TOO_MANY_REQUESTS = 10028;
/** Errors that pass by themselves (deribit.md section 3). */
const RETRY_LATER: ReadonlySet<number> = new Set([10040, 10041, 10047, 10066, 11051, 11094, 13028, 13888]);
/** Errors are short; lists that are longer need no second reading. */
const ERROR_BYTES_MAX = 4096;

/**
 * The venue says in the body what other venues say in the status of an answer: errors get the status that stands for
 * what to do, 429 for a pause, 503 to try again, 400 for what will never be had.
 */
export function statusByErrorCode(transport: HttpTransport): HttpTransport {
  return async (url, headers, bytesMax, signal) => {
    const reply = await transport(url, headers, bytesMax, signal);
    const code = errorCodeOf(reply.body);
    return code === undefined ? reply : { ...reply, status: statusOf(code) };
  };
}

function errorCodeOf(body: Buffer): number | undefined {
  if (body.length > ERROR_BYTES_MAX || !body.includes('"error"')) return undefined;
  try {
    const code = exactObject(exactObject(parseExactJson(body.toString("utf8")))?.error)?.code;
    return code instanceof NumberText ? Number(code.text) : undefined;
  } catch {
    // What is no JSON is for the client of HTTP to refuse.
    return undefined;
  }
}

/** Whether the same request may be good later. */
export function isTemporary(code: number): boolean {
  return code === TOO_MANY_REQUESTS || RETRY_LATER.has(code);
}

function statusOf(code: number): number {
  if (code === TOO_MANY_REQUESTS) return 429;
  return RETRY_LATER.has(code) ? 503 : 400;
}
