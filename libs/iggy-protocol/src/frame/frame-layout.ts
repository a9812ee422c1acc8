/**
 * Every frame is a header of 256 bytes and `size − 256` bytes of body, little-endian, without padding or trailer.
 * Common to all headers: size u32 @48 (header included), command u8 @60. Other bytes below 128 are ignored.
 */
export const HEADER_BYTES = 256;

/** Largest frame a server of protocol 0.11 accepts by default. */
export const FRAME_BYTES_MAX = 64 * 1024 * 1024;

/** Command bytes above this one are no frames at all. */
export const FRAME_KIND_MAX = 29;

export const FrameKind = { Request: 5, Reply: 8, Eviction: 13 } as const;

export const SIZE_AT = 48;
export const COMMAND_AT = 60;

/** Request header, command 5. */
export const REQUEST_AT = {
  client: 128,
  requestChecksum: 144,
  timestamp: 160,
  request: 168,
  operation: 176,
  session: 184,
  userId: 192,
  code: 196,
} as const;

/** Reply header, command 8. */
export const REPLY_AT = {
  requestChecksum: 128,
  client: 160,
  op: 176,
  commit: 184,
  timestamp: 192,
  request: 200,
  operation: 208,
  status: 216,
} as const;

/** Eviction header, command 13, always alone. */
export const EVICTION_AT = { client: 128, serverVersion: 144, serverVersionMin: 148, reason: 255 } as const;

/** A `DataView` of exactly these bytes. */
export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

export function readU128(view: DataView, at: number): bigint {
  return (view.getBigUint64(at + 8, true) << 64n) | view.getBigUint64(at, true);
}

export function writeU128(view: DataView, at: number, value: bigint): void {
  view.setBigUint64(at, BigInt.asUintN(64, value), true);
  view.setBigUint64(at + 8, BigInt.asUintN(64, value >> 64n), true);
}

/** The declared size of a frame whose header begins at `at`. */
export function frameSize(bytes: Uint8Array, at = 0): number {
  return (
    (bytes[at + SIZE_AT]! |
      (bytes[at + SIZE_AT + 1]! << 8) |
      (bytes[at + SIZE_AT + 2]! << 16) |
      (bytes[at + SIZE_AT + 3]! << 24)) >>>
    0
  );
}

export function frameKind(bytes: Uint8Array, at = 0): number {
  return bytes[at + COMMAND_AT]!;
}
