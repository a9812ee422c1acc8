import {
  COMMAND_AT,
  FrameKind,
  frameSize,
  HEADER_BYTES,
  REPLY_AT,
  readU128,
  SIZE_AT,
  viewOf,
  writeU128,
} from "./frame-layout.js";

/**
 * ```
 * 128 request_checksum u128 echo on committed metadata replies
 * 144 context u128          0
 * 160 client u128           not reliable on partition operations
 * 176 op u64                log position of the commit
 * 184 commit u64
 * 192 timestamp u64         microseconds of the commit
 * 200 request u64           echo of the request number
 * 208 operation u8          the operation that was committed
 * 216 status u32            0, or an error number with an empty body
 * ```
 */
export interface ReplyHeader {
  readonly size: number;
  readonly requestChecksum: bigint;
  readonly client: bigint;
  readonly op: bigint;
  readonly commit: bigint;
  readonly timestamp: bigint;
  readonly request: bigint;
  readonly operation: number;
  readonly status: number;
}

export interface ReplyFields {
  readonly client: bigint;
  readonly request: bigint | number;
  readonly operation: number;
  readonly status?: number;
  readonly requestChecksum?: bigint;
  readonly op?: bigint | number;
  readonly commit?: bigint | number;
  readonly timestamp?: bigint | number;
}

/** A reply header alone, for a body of `bodyBytes` that is written behind it piece by piece. */
export function encodeReplyHeader(
  fields: ReplyFields,
  bodyBytes: number,
  target?: Uint8Array,
  at = 0,
): Uint8Array {
  const bytes = target ?? new Uint8Array(HEADER_BYTES);
  if (target) bytes.fill(0, at, at + HEADER_BYTES);
  const view = viewOf(bytes);
  view.setUint32(at + SIZE_AT, HEADER_BYTES + bodyBytes, true);
  bytes[at + COMMAND_AT] = FrameKind.Reply;
  writeU128(view, at + REPLY_AT.requestChecksum, fields.requestChecksum ?? 0n);
  writeU128(view, at + REPLY_AT.client, fields.client);
  view.setBigUint64(at + REPLY_AT.op, BigInt(fields.op ?? 0), true);
  view.setBigUint64(at + REPLY_AT.commit, BigInt(fields.commit ?? 0), true);
  view.setBigUint64(at + REPLY_AT.timestamp, BigInt(fields.timestamp ?? 0), true);
  view.setBigUint64(at + REPLY_AT.request, BigInt(fields.request), true);
  bytes[at + REPLY_AT.operation] = fields.operation;
  view.setUint32(at + REPLY_AT.status, fields.status ?? 0, true);
  return bytes;
}

/** A whole reply frame. The body is given as it travels, with its result section if the operation has one. */
export function encodeReplyFrame(fields: ReplyFields, body: Uint8Array): Uint8Array {
  const frame = new Uint8Array(HEADER_BYTES + body.length);
  encodeReplyHeader(fields, body.length, frame);
  frame.set(body, HEADER_BYTES);
  return frame;
}

/** Reads the header of a frame of at least 256 bytes. */
export function decodeReplyHeader(frame: Uint8Array): ReplyHeader {
  const view = viewOf(frame);
  return {
    size: frameSize(frame),
    requestChecksum: readU128(view, REPLY_AT.requestChecksum),
    client: readU128(view, REPLY_AT.client),
    op: view.getBigUint64(REPLY_AT.op, true),
    commit: view.getBigUint64(REPLY_AT.commit, true),
    timestamp: view.getBigUint64(REPLY_AT.timestamp, true),
    request: view.getBigUint64(REPLY_AT.request, true),
    operation: frame[REPLY_AT.operation]!,
    status: view.getUint32(REPLY_AT.status, true),
  };
}
