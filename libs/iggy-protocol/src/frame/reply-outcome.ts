import { fail } from "../errors/protocol-errors.js";
import { decodeEviction, type Eviction } from "./eviction.js";
import { FrameKind, frameKind, HEADER_BYTES, REPLY_AT, viewOf } from "./frame-layout.js";
import { isResultFramed } from "./operation.js";

/**
 * What a frame from the server says.
 * - `success`: the payload behind the result section, a view into the frame.
 * - `refused`: an error number. `status` was denied before anything was logged, `result` was logged and refused.
 * - `evicted`: the session is gone or was never made.
 */
export type ReplyOutcome =
  | { readonly kind: "success"; readonly payload: Uint8Array }
  | { readonly kind: "refused"; readonly code: number; readonly channel: "status" | "result" }
  | { readonly kind: "evicted"; readonly eviction: Eviction };

/** Success without payload of an operation with a result section. */
export const EMPTY_RESULT: Uint8Array = new Uint8Array(4);

/**
 * Reads a frame in the order of wire.md section 3.4: eviction, status, result section, payload. Throws
 * `iggy-protocol.frame-kind` for any other frame, `iggy-protocol.truncated` for a damaged result section.
 */
export function readReply(frame: Uint8Array): ReplyOutcome {
  const kind = frameKind(frame);
  if (kind === FrameKind.Eviction) return { kind: "evicted", eviction: decodeEviction(frame) };
  if (kind !== FrameKind.Reply) {
    throw fail(
      "iggy-protocol.frame-kind",
      `command byte ${kind} where a reply (8) or an eviction (13) is due`,
    );
  }
  const view = viewOf(frame);
  const status = view.getUint32(REPLY_AT.status, true);
  if (status !== 0) return { kind: "refused", code: status, channel: "status" };
  const body = frame.subarray(HEADER_BYTES);
  if (!isResultFramed(frame[REPLY_AT.operation]!, body.length)) return { kind: "success", payload: body };
  if (body.length < 4) throw truncatedResults(4, body.length);
  const count = view.getUint32(HEADER_BYTES, true);
  if (count === 0) return { kind: "success", payload: body.subarray(4) };
  if (body.length < 12) throw truncatedResults(12, body.length);
  return { kind: "refused", code: view.getUint32(HEADER_BYTES + 8, true), channel: "result" };
}

/** The body of a committed success: the result section, where the operation has one, and the payload. */
export function successBody(operation: number, payload: Uint8Array): Uint8Array {
  if (!isResultFramed(operation, payload.length)) return payload;
  const body = new Uint8Array(4 + payload.length);
  body.set(payload, 4);
  return body;
}

/** The body of a committed failure: `[1 u32][index 0 u32][code u32]`. */
export function refusalBody(code: number): Uint8Array {
  const body = new Uint8Array(12);
  const view = viewOf(body);
  view.setUint32(0, 1, true);
  view.setUint32(8, code, true);
  return body;
}

function truncatedResults(needed: number, present: number): Error {
  return fail(
    "iggy-protocol.truncated",
    `result section needs ${needed} bytes at byte ${HEADER_BYTES}, ${present} are present`,
    { context: { field: "result section", offset: HEADER_BYTES, needed, present } },
  );
}
