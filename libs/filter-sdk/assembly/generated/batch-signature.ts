// Made by `npm run generate -w @ims/filter-sdk` from the schema; do not edit.
import { Batch } from "../batch";
import { beginData, beginRecord, dataBytes, dataEnd, holdsBlock, wholeData } from "../layout";
import { paddedEquals, paddedLength, paddedStartsWith, setPadded, Text } from "../text";

/** Signature over a run of messages of a partition: message 240. */
@unmanaged
export class BatchSignature {
  static readonly TEMPLATE: i32 = 240;
  /** Octets of the block, without header, data. */
  static readonly BLOCK_LENGTH: i32 = 232;

  /** The current record of the batch; null if it is of another template, or not whole. */
  @inline static of(batch: Batch): BatchSignature | null {
    return batch.template == 240 ? BatchSignature.at(batch.address, batch.length) : null;
  }

  /** A record of this template anywhere in memory; null if it is not whole. */
  static at(address: usize, length: u32): BatchSignature | null {
    if (!holdsBlock(address, length, 232)) return null;
    const limit = address + length;
    let end = address + 8 + load<u16>(address);
    end = wholeData(end, limit);
    if (end == 0) return null;
    return changetype<BatchSignature>(address);
  }

  /** A new record, to be emitted: optional fields are not given, all others 0. It lasts until the next batch. */
  static create(batch: Batch, signatureLength: i32): BatchSignature {
    const address = beginRecord(batch, 240 + dataBytes(signatureLength), 240, 232);
    let end = address + 240;
    beginData(end, signatureLength);
    const record = changetype<BatchSignature>(address);
    return record;
  }

  /** Octets of the record, header included. */
  get byteLength(): u32 {
    return <u32>(dataEnd(changetype<usize>(this) + 8 + load<u16>(changetype<usize>(this))) - changetype<usize>(this));
  }

  /** when it was signed */
  @inline get signedTime(): i64 {
    return load<i64>(changetype<usize>(this), 8);
  }
  @inline set signedTime(value: i64) {
    store<i64>(changetype<usize>(this), value, 8);
  }
  /** offset of the first message */
  @inline get firstOffset(): u64 {
    return load<u64>(changetype<usize>(this), 16);
  }
  @inline set firstOffset(value: u64) {
    store<u64>(changetype<usize>(this), value, 16);
  }
  /** offset of the last message */
  @inline get lastOffset(): u64 {
    return load<u64>(changetype<usize>(this), 24);
  }
  @inline set lastOffset(value: u64) {
    store<u64>(changetype<usize>(this), value, 24);
  }
  /** partition */
  @inline get partitionId(): u32 {
    return load<u32>(changetype<usize>(this), 32);
  }
  @inline set partitionId(value: u32) {
    store<u32>(changetype<usize>(this), value, 32);
  }
  /** leaves of the tree */
  @inline get messageCount(): u32 {
    return load<u32>(changetype<usize>(this), 36);
  }
  @inline set messageCount(value: u32) {
    store<u32>(changetype<usize>(this), value, 36);
  }
  /** how merkleRoot was signed: a number of SignatureAlgorithm */
  @inline get algorithm(): i32 {
    return load<u8>(changetype<usize>(this), 40);
  }
  @inline set algorithm(value: i32) {
    store<u8>(changetype<usize>(this), <u8>value, 40);
  }
  /** key that verifies it: up to 32 octets of UTF-8 */
  @inline get keyIdAddress(): usize {
    return changetype<usize>(this) + 48;
  }
  @inline get keyIdLength(): i32 {
    return paddedLength(changetype<usize>(this) + 48, 32);
  }
  @inline keyIdEquals(text: Text): bool {
    return paddedEquals(changetype<usize>(this) + 48, 32, text);
  }
  @inline keyIdStartsWith(text: Text): bool {
    return paddedStartsWith(changetype<usize>(this) + 48, 32, text);
  }
  /** A new string, for logs; comparing octets is far faster. */
  keyIdText(): string {
    return String.UTF8.decodeUnsafe(changetype<usize>(this) + 48, this.keyIdLength);
  }
  /** Writes a text; false, and nothing written, if it has more than 32 octets. */
  setKeyId(text: Text): bool {
    return setPadded(changetype<usize>(this) + 48, 32, text);
  }
  /** stream of the messages: up to 64 octets of UTF-8 */
  @inline get streamAddress(): usize {
    return changetype<usize>(this) + 80;
  }
  @inline get streamLength(): i32 {
    return paddedLength(changetype<usize>(this) + 80, 64);
  }
  @inline streamEquals(text: Text): bool {
    return paddedEquals(changetype<usize>(this) + 80, 64, text);
  }
  @inline streamStartsWith(text: Text): bool {
    return paddedStartsWith(changetype<usize>(this) + 80, 64, text);
  }
  /** A new string, for logs; comparing octets is far faster. */
  streamText(): string {
    return String.UTF8.decodeUnsafe(changetype<usize>(this) + 80, this.streamLength);
  }
  /** Writes a text; false, and nothing written, if it has more than 64 octets. */
  setStream(text: Text): bool {
    return setPadded(changetype<usize>(this) + 80, 64, text);
  }
  /** topic of the messages: up to 64 octets of UTF-8 */
  @inline get topicAddress(): usize {
    return changetype<usize>(this) + 144;
  }
  @inline get topicLength(): i32 {
    return paddedLength(changetype<usize>(this) + 144, 64);
  }
  @inline topicEquals(text: Text): bool {
    return paddedEquals(changetype<usize>(this) + 144, 64, text);
  }
  @inline topicStartsWith(text: Text): bool {
    return paddedStartsWith(changetype<usize>(this) + 144, 64, text);
  }
  /** A new string, for logs; comparing octets is far faster. */
  topicText(): string {
    return String.UTF8.decodeUnsafe(changetype<usize>(this) + 144, this.topicLength);
  }
  /** Writes a text; false, and nothing written, if it has more than 64 octets. */
  setTopic(text: Text): bool {
    return setPadded(changetype<usize>(this) + 144, 64, text);
  }
  /** root of the SHA-256 hash tree over the messages in order of offset: 32 octets */
  @inline get merkleRootAddress(): usize {
    return changetype<usize>(this) + 208;
  }
  /** octets of the signature */
  @inline get signatureLength(): i32 {
    return load<u16>(changetype<usize>(this) + 8 + load<u16>(changetype<usize>(this)));
  }
  @inline get signatureAddress(): usize {
    return changetype<usize>(this) + 8 + load<u16>(changetype<usize>(this)) + 2;
  }
  signatureEquals(text: Text): bool {
    return text.equals(this.signatureAddress, this.signatureLength);
  }
}
