import { crc32 } from "node:zlib";

/*
 * Offsets file "offsets" of one partition, little-endian:
 *
 *   @0   magic     6 bytes  "IMSOFF"
 *   @6   version   u8       1
 *   @7   reserved  u8       0
 *   @8   slots, 32 bytes each:
 *          @0   checksum  u32  CRC-32 of bytes 4..32
 *          @4   state     u8   1 stored, 2 deleted
 *          @5   kind      u8   1 consumer, 2 group
 *          @6   reserved  u16
 *          @8   consumer  u32
 *          @12  reserved  u32
 *          @16  offset    u64
 *          @24  sequence  u64  grows with every write to this file
 *
 * A consumer has two slots. One holds the last value that was synced; the other is written, as often as need be, until it
 * is synced in its turn. So a torn write spoils only a value that was not synced. Slots of a deleted consumer are used
 * again once the deletion is synced. A slot whose checksum is wrong counts as never written.
 */
export const OFFSETS_HEADER = Buffer.from("IMSOFF\x01\x00", "latin1");
const VERSION_AT = 6;
export const OFFSETS_SLOT_BYTES = 32;
const STORED = 1;
const DELETED = 2;

export type ConsumerKind = "consumer" | "group";

/** What one slot says. */
export interface OffsetSlot {
  readonly kind: ConsumerKind;
  readonly consumerId: number;
  /** Undefined: deleted. */
  readonly offset: number | undefined;
  readonly sequence: number;
}

export function encodeSlot({ kind, consumerId, offset, sequence }: OffsetSlot): Uint8Array {
  const slot = Buffer.alloc(OFFSETS_SLOT_BYTES);
  slot.writeUInt8(offset === undefined ? DELETED : STORED, 4);
  slot.writeUInt8(kind === "consumer" ? 1 : 2, 5);
  slot.writeUInt32LE(consumerId, 8);
  slot.writeBigUInt64LE(BigInt(offset ?? 0), 16);
  slot.writeBigUInt64LE(BigInt(sequence), 24);
  slot.writeUInt32LE(crc32(slot.subarray(4)), 0);
  return slot;
}

/** What the header of an offsets file says. A version 0 is what a torn one leaves, so it counts as damage. */
export function offsetsVersion(bytes: Buffer): "known" | "unknown" | "damaged" {
  if (bytes.subarray(0, OFFSETS_HEADER.length).equals(OFFSETS_HEADER)) return "known";
  const hasMagic = bytes.subarray(0, VERSION_AT).equals(OFFSETS_HEADER.subarray(0, VERSION_AT));
  const version = bytes.length < OFFSETS_HEADER.length ? 0 : bytes.readUInt8(VERSION_AT);
  return hasMagic && version !== 0 && version !== OFFSETS_HEADER[VERSION_AT] ? "unknown" : "damaged";
}

/** The slot at a position, or undefined when none was written there, or not whole. */
export function readSlot(bytes: Buffer, at: number) {
  if (at + OFFSETS_SLOT_BYTES > bytes.length) return undefined;
  if (bytes.readUInt32LE(at) !== crc32(bytes.subarray(at + 4, at + OFFSETS_SLOT_BYTES))) return undefined;
  const state = bytes.readUInt8(at + 4);
  if (state !== STORED && state !== DELETED) return undefined;
  const kind: ConsumerKind = bytes.readUInt8(at + 5) === 2 ? "group" : "consumer";
  return {
    at,
    isDeleted: state === DELETED,
    kind,
    consumerId: bytes.readUInt32LE(at + 8),
    offset: Number(bytes.readBigUInt64LE(at + 16)),
    sequence: Number(bytes.readBigUInt64LE(at + 24)),
  };
}
