import {
  COMMAND_AT,
  EVICTION_AT,
  FrameKind,
  HEADER_BYTES,
  readU128,
  SIZE_AT,
  viewOf,
  writeU128,
} from "./frame-layout.js";

/**
 * Takes the place of the reply to the request that caused it; reason 13 arrives unasked. It never closes the connection.
 * ```
 * 128 client u128                    the connection number where there is no session
 * 144 server_protocol_version u32    reason 14 only, else 0
 * 148 server_protocol_version_min u32
 * 255 reason u8
 * ```
 */
export interface Eviction {
  readonly client: bigint;
  readonly reason: number;
  readonly serverProtocolVersion: number;
  readonly serverProtocolVersionMin: number;
}

/** A whole eviction frame of 256 bytes. */
export function encodeEviction(eviction: {
  readonly client: bigint;
  readonly reason: number;
  readonly serverProtocolVersion?: number;
  readonly serverProtocolVersionMin?: number;
}): Uint8Array {
  const frame = new Uint8Array(HEADER_BYTES);
  const view = viewOf(frame);
  view.setUint32(SIZE_AT, HEADER_BYTES, true);
  frame[COMMAND_AT] = FrameKind.Eviction;
  writeU128(view, EVICTION_AT.client, eviction.client);
  view.setUint32(EVICTION_AT.serverVersion, eviction.serverProtocolVersion ?? 0, true);
  view.setUint32(EVICTION_AT.serverVersionMin, eviction.serverProtocolVersionMin ?? 0, true);
  frame[EVICTION_AT.reason] = eviction.reason;
  return frame;
}

/** Reads an eviction frame of at least 256 bytes. */
export function decodeEviction(frame: Uint8Array): Eviction {
  const view = viewOf(frame);
  return {
    client: readU128(view, EVICTION_AT.client),
    reason: frame[EVICTION_AT.reason]!,
    serverProtocolVersion: view.getUint32(EVICTION_AT.serverVersion, true),
    serverProtocolVersionMin: view.getUint32(EVICTION_AT.serverVersionMin, true),
  };
}
