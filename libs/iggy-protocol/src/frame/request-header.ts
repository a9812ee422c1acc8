import {
  COMMAND_AT,
  FrameKind,
  frameSize,
  HEADER_BYTES,
  REQUEST_AT,
  readU128,
  SIZE_AT,
  viewOf,
  writeU128,
} from "./frame-layout.js";

/**
 * ```
 * 128 client u128           the sender's random id, never 0
 * 144 request_checksum u128 0 = unstamped, else XXH3-64 of the body
 * 160 timestamp u64         0
 * 168 request u64           request number; 0 for Register
 * 176 operation u8
 * 184 session u64           0 for Register
 * 192 user_id u32           0, the server overwrites it
 * 196 code u32              command code of operation 2, else 0
 * ```
 */
export interface RequestHeader {
  /** Header and body. */
  readonly size: number;
  readonly client: bigint;
  readonly requestChecksum: bigint;
  readonly timestamp: bigint;
  readonly request: bigint;
  readonly operation: number;
  readonly session: bigint;
  readonly userId: number;
  readonly code: number;
}

export interface RequestFields {
  readonly client: bigint;
  readonly request: bigint | number;
  readonly operation: number;
  readonly session: bigint | number;
  /** Command code where the operation is NonReplicated. */
  readonly code?: number;
  /** XXH3-64 of the body; 0 or absent = not checked by the server. */
  readonly requestChecksum?: bigint;
}

/** Writes a header at `at`, zeroing the 256 bytes first. */
export function encodeRequestHeader(
  fields: RequestFields,
  bodyBytes: number,
  target?: Uint8Array,
  at = 0,
): Uint8Array {
  const bytes = target ?? new Uint8Array(HEADER_BYTES);
  if (target) bytes.fill(0, at, at + HEADER_BYTES);
  const view = viewOf(bytes);
  view.setUint32(at + SIZE_AT, HEADER_BYTES + bodyBytes, true);
  bytes[at + COMMAND_AT] = FrameKind.Request;
  writeU128(view, at + REQUEST_AT.client, fields.client);
  writeU128(view, at + REQUEST_AT.requestChecksum, fields.requestChecksum ?? 0n);
  view.setBigUint64(at + REQUEST_AT.request, BigInt(fields.request), true);
  bytes[at + REQUEST_AT.operation] = fields.operation;
  view.setBigUint64(at + REQUEST_AT.session, BigInt(fields.session), true);
  view.setUint32(at + REQUEST_AT.code, fields.code ?? 0, true);
  return bytes;
}

/** A whole request frame. */
export function encodeRequestFrame(fields: RequestFields, body: Uint8Array): Uint8Array {
  const frame = new Uint8Array(HEADER_BYTES + body.length);
  encodeRequestHeader(fields, body.length, frame);
  frame.set(body, HEADER_BYTES);
  return frame;
}

/** Reads the header of a frame of at least 256 bytes, as {@link FrameReader} gives them. */
export function decodeRequestHeader(frame: Uint8Array): RequestHeader {
  const view = viewOf(frame);
  return {
    size: frameSize(frame),
    client: readU128(view, REQUEST_AT.client),
    requestChecksum: readU128(view, REQUEST_AT.requestChecksum),
    timestamp: view.getBigUint64(REQUEST_AT.timestamp, true),
    request: view.getBigUint64(REQUEST_AT.request, true),
    operation: frame[REQUEST_AT.operation]!,
    session: view.getBigUint64(REQUEST_AT.session, true),
    userId: view.getUint32(REQUEST_AT.userId, true),
    code: view.getUint32(REQUEST_AT.code, true),
  };
}

/** The body of a frame, as a view. */
export function frameBody(frame: Uint8Array): Uint8Array {
  return frame.subarray(HEADER_BYTES);
}
