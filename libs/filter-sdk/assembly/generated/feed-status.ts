// Made by `npm run generate -w @ims/filter-sdk` from the schema; do not edit.
import { Batch } from "../batch";
import { beginData, beginRecord, dataBytes, dataEnd, holdsBlock, wholeData } from "../layout";
import { paddedEquals, paddedLength, paddedStartsWith, setPadded, Text } from "../text";

/** State of what the service reads of one instrument: message 221. */
@unmanaged
export class FeedStatus {
  static readonly TEMPLATE: i32 = 221;
  /** Octets of the block, without header, data. */
  static readonly BLOCK_LENGTH: i32 = 104;

  /** The current record of the batch; null if it is of another template, or not whole. */
  @inline static of(batch: Batch): FeedStatus | null {
    return batch.template == 221 ? FeedStatus.at(batch.address, batch.length) : null;
  }

  /** A record of this template anywhere in memory; null if it is not whole. */
  static at(address: usize, length: u32): FeedStatus | null {
    if (!holdsBlock(address, length, 104)) return null;
    const limit = address + length;
    let end = address + 8 + load<u16>(address);
    end = wholeData(end, limit);
    if (end == 0) return null;
    return changetype<FeedStatus>(address);
  }

  /** A new record, to be emitted: optional fields are not given, all others 0. It lasts until the next batch. */
  static create(batch: Batch, textLength: i32): FeedStatus {
    const address = beginRecord(batch, 112 + dataBytes(textLength), 221, 104);
    let end = address + 112;
    beginData(end, textLength);
    const record = changetype<FeedStatus>(address);
    record.setEventTimeNull();
    record.setSendTimeNull();
    record.setLastRecordTimeNull();
    record.setExpectedIntervalNull();
    return record;
  }

  /** Octets of the record, header included. */
  get byteLength(): u32 {
    return <u32>(dataEnd(changetype<usize>(this) + 8 + load<u16>(changetype<usize>(this))) - changetype<usize>(this));
  }

  /** venue's event time; null if the venue gives none */
  @inline get eventTime(): i64 {
    return load<i64>(changetype<usize>(this), 8);
  }
  @inline set eventTime(value: i64) {
    store<i64>(changetype<usize>(this), value, 8);
  }
  /** Whether eventTime is given. */
  @inline get hasEventTime(): bool {
    return this.eventTime != i64.MIN_VALUE;
  }
  /** Says that eventTime is not given. */
  @inline setEventTimeNull(): void {
    this.eventTime = i64.MIN_VALUE;
  }
  /** venue's send time; null if the venue gives none */
  @inline get sendTime(): i64 {
    return load<i64>(changetype<usize>(this), 16);
  }
  @inline set sendTime(value: i64) {
    store<i64>(changetype<usize>(this), value, 16);
  }
  /** Whether sendTime is given. */
  @inline get hasSendTime(): bool {
    return this.sendTime != i64.MIN_VALUE;
  }
  /** Says that sendTime is not given. */
  @inline setSendTimeNull(): void {
    this.sendTime = i64.MIN_VALUE;
  }
  /** when the frame was read by the service */
  @inline get receiveTime(): i64 {
    return load<i64>(changetype<usize>(this), 24);
  }
  @inline set receiveTime(value: i64) {
    store<i64>(changetype<usize>(this), value, 24);
  }
  /** when the record was written into its outgoing batch */
  @inline get publishTime(): i64 {
    return load<i64>(changetype<usize>(this), 32);
  }
  @inline set publishTime(value: i64) {
    store<i64>(changetype<usize>(this), value, 32);
  }
  /** number of the instrument in this stream, announced by Instrument */
  @inline get instrumentId(): u32 {
    return load<u32>(changetype<usize>(this), 40);
  }
  @inline set instrumentId(value: u32) {
    store<u32>(changetype<usize>(this), value, 40);
  }
  /** exchange number */
  @inline get exchangeId(): u8 {
    return load<u8>(changetype<usize>(this), 44);
  }
  @inline set exchangeId(value: u8) {
    store<u8>(changetype<usize>(this), value, 44);
  }
  /** digits after the point of every price of the message */
  @inline get priceScale(): u8 {
    return load<u8>(changetype<usize>(this), 45);
  }
  @inline set priceScale(value: u8) {
    store<u8>(changetype<usize>(this), value, 45);
  }
  /** digits after the point of every quantity of the message */
  @inline get quantityScale(): u8 {
    return load<u8>(changetype<usize>(this), 46);
  }
  @inline set quantityScale(value: u8) {
    store<u8>(changetype<usize>(this), value, 46);
  }
  /** what is special about the record: bits of RecordFlags */
  @inline get flags(): i32 {
    return load<u8>(changetype<usize>(this), 47);
  }
  @inline set flags(value: i32) {
    store<u8>(changetype<usize>(this), <u8>value, 47);
  }
  /** venue's own name: up to 32 octets of UTF-8 */
  @inline get symbolAddress(): usize {
    return changetype<usize>(this) + 48;
  }
  @inline get symbolLength(): i32 {
    return paddedLength(changetype<usize>(this) + 48, 32);
  }
  @inline symbolEquals(text: Text): bool {
    return paddedEquals(changetype<usize>(this) + 48, 32, text);
  }
  @inline symbolStartsWith(text: Text): bool {
    return paddedStartsWith(changetype<usize>(this) + 48, 32, text);
  }
  /** A new string, for logs; comparing octets is far faster. */
  symbolText(): string {
    return String.UTF8.decodeUnsafe(changetype<usize>(this) + 48, this.symbolLength);
  }
  /** Writes a text; false, and nothing written, if it has more than 32 octets. */
  setSymbol(text: Text): bool {
    return setPadded(changetype<usize>(this) + 48, 32, text);
  }
  /** when the state began */
  @inline get since(): i64 {
    return load<i64>(changetype<usize>(this), 80);
  }
  @inline set since(value: i64) {
    store<i64>(changetype<usize>(this), value, 80);
  }
  /** when the last record was received; null if there was none */
  @inline get lastRecordTime(): i64 {
    return load<i64>(changetype<usize>(this), 88);
  }
  @inline set lastRecordTime(value: i64) {
    store<i64>(changetype<usize>(this), value, 88);
  }
  /** Whether lastRecordTime is given. */
  @inline get hasLastRecordTime(): bool {
    return this.lastRecordTime != i64.MIN_VALUE;
  }
  /** Says that lastRecordTime is not given. */
  @inline setLastRecordTimeNull(): void {
    this.lastRecordTime = i64.MIN_VALUE;
  }
  /** usual time between records, learned from the feed; null until it is learned */
  @inline get expectedInterval(): i64 {
    return load<i64>(changetype<usize>(this), 96);
  }
  @inline set expectedInterval(value: i64) {
    store<i64>(changetype<usize>(this), value, 96);
  }
  /** Whether expectedInterval is given. */
  @inline get hasExpectedInterval(): bool {
    return this.expectedInterval != i64.MIN_VALUE;
  }
  /** Says that expectedInterval is not given. */
  @inline setExpectedIntervalNull(): void {
    this.expectedInterval = i64.MIN_VALUE;
  }
  /** data type number */
  @inline get dataType(): u8 {
    return load<u8>(changetype<usize>(this), 104);
  }
  @inline set dataType(value: u8) {
    store<u8>(changetype<usize>(this), value, 104);
  }
  /** time resolution number; 0 for anything but bars */
  @inline get resolution(): u8 {
    return load<u8>(changetype<usize>(this), 105);
  }
  @inline set resolution(value: u8) {
    store<u8>(changetype<usize>(this), value, 105);
  }
  /** state: a number of FeedState */
  @inline get state(): i32 {
    return load<u8>(changetype<usize>(this), 106);
  }
  @inline set state(value: i32) {
    store<u8>(changetype<usize>(this), <u8>value, 106);
  }
  /** why, and what is being done */
  @inline get textLength(): i32 {
    return load<u16>(changetype<usize>(this) + 8 + load<u16>(changetype<usize>(this)));
  }
  @inline get textAddress(): usize {
    return changetype<usize>(this) + 8 + load<u16>(changetype<usize>(this)) + 2;
  }
  textEquals(text: Text): bool {
    return text.equals(this.textAddress, this.textLength);
  }
}
