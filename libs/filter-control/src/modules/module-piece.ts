import { createHash } from "node:crypto";
import { fail } from "../errors.js";
import { MODULE_BYTES_MAX, PIECE_BYTES_MAX } from "../limits.js";

/** "IMSM" in the order of the message. */
const MAGIC = 0x4d534d49;
const FORMAT = 1;
const HASH_AT = 8;
const INDEX_AT = 40;
const COUNT_AT = 44;
const LENGTH_AT = 48;
const HEAD_BYTES = 52;
const HASH_BYTES = 32;

/** A message of the topic `modules`: a part of a module's octets. */
export interface ModulePiece {
  /** SHA-256 of the whole module. */
  readonly hash: string;
  readonly index: number;
  readonly count: number;
  /** Octets of the whole module. */
  readonly byteCount: number;
  /** A view of the message. */
  readonly octets: Uint8Array;
}

/** SHA-256 as 64 hexadecimal digits: a module's address. */
export function hashModule(octets: Uint8Array): string {
  return createHash("sha256").update(octets).digest("hex");
}

/**
 * A module as messages, little-endian:
 *
 * ```
 * 0   uint32   "IMSM"
 * 4   uint16   format, 1
 * 6   uint16   0
 * 8   octets   SHA-256 of the module, 32
 * 40  uint32   number of the piece, from 0
 * 44  uint32   pieces of the module
 * 48  uint32   octets of the module
 * 52  octets   of the piece: 1 MiB, the last one what is left
 * ```
 *
 * @throws `filter.bad-module` for an empty one or one of more than 8 MiB
 */
export function splitModule(octets: Uint8Array): { hash: string; messages: Uint8Array[] } {
  if (octets.length === 0 || octets.length > MODULE_BYTES_MAX) {
    throw fail(
      "filter.bad-module",
      `a module of ${octets.length} octets; 1 to ${MODULE_BYTES_MAX} are taken`,
    );
  }
  const hash = hashModule(octets);
  const hashOctets = Buffer.from(hash, "hex");
  const count = Math.ceil(octets.length / PIECE_BYTES_MAX);
  const messages = Array.from({ length: count }, (_, index) => {
    const piece = octets.subarray(index * PIECE_BYTES_MAX, (index + 1) * PIECE_BYTES_MAX);
    const message = new Uint8Array(HEAD_BYTES + piece.length);
    const view = new DataView(message.buffer);
    view.setUint32(0, MAGIC, true);
    view.setUint16(4, FORMAT, true);
    message.set(hashOctets, HASH_AT);
    view.setUint32(INDEX_AT, index, true);
    view.setUint32(COUNT_AT, count, true);
    view.setUint32(LENGTH_AT, octets.length, true);
    message.set(piece, HEAD_BYTES);
    return message;
  });
  return { hash, messages };
}

/** @throws `filter.bad-record` for octets that are no piece of a module */
export function decodePiece(message: Uint8Array): ModulePiece {
  const bad = (what: string) =>
    fail("filter.bad-record", `a message of ${message.length} octets is no piece of a module: ${what}`);
  if (message.length <= HEAD_BYTES) throw bad("it is too short");
  const view = new DataView(message.buffer, message.byteOffset, message.byteLength);
  if (view.getUint32(0, true) !== MAGIC) throw bad('it does not begin with "IMSM"');
  const format = view.getUint16(4, true);
  if (format !== FORMAT) throw bad(`its format is ${format}, this program reads ${FORMAT}`);
  const index = view.getUint32(INDEX_AT, true);
  const count = view.getUint32(COUNT_AT, true);
  const byteCount = view.getUint32(LENGTH_AT, true);
  if (byteCount > MODULE_BYTES_MAX || count !== Math.ceil(byteCount / PIECE_BYTES_MAX) || index >= count) {
    throw bad(`it is piece ${index} of ${count} of ${byteCount} octets`);
  }
  const expected = index < count - 1 ? PIECE_BYTES_MAX : byteCount - index * PIECE_BYTES_MAX;
  const octets = message.subarray(HEAD_BYTES);
  if (octets.length !== expected) throw bad(`it carries ${octets.length} octets instead of ${expected}`);
  const hash = Buffer.from(message.buffer, message.byteOffset + HASH_AT, HASH_BYTES).toString("hex");
  return { hash, index, count, byteCount, octets };
}
