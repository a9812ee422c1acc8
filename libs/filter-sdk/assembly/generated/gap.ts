// Made by `npm run generate -w @ims/filter-sdk` from the schema; do not edit.
import { Batch } from "../batch";
import { beginRecord, holdsBlock } from "../layout";
import { paddedEquals, paddedLength, paddedStartsWith, setPadded, Text } from "../text";

/** Records of an instrument that were not received: message 220. */
@unmanaged
export class Gap {
  static readonly TEMPLATE: i32 = 220;
  /** Octets of the block, without header. */
  static readonly BLOCK_LENGTH: i32 = 120;

  /** The current record of the batch; null if it is of another template, or not whole. */
  @inline static of(batch: Batch): Gap | null {
    return batch.template == 220 ? Gap.at(batch.address, batch.length) : null;
  }

  /** A record of this template anywhere in memory; null if it is not whole. */
  static at(address: usize, length: u32): Gap | null {
    if (!holdsBlock(address, length, 120)) return null;
    return changetype<Gap>(address);
  }

  /** A new record, to be emitted: optional fields are not given, all others 0. It lasts until the next batch. */
  static create(batch: Batch): Gap {
    const address = beginRecord(batch, 128, 220, 120);
    const record = changetype<Gap>(address);
    record.setEventTimeNull();
    record.setSendTimeNull();
    record.setFromIdNull();
    record.setToIdNull();
    record.setFromTimeNull();
    record.setToTimeNull();
    record.setMissingCountNull();
    return record;
  }

  /** Octets of the record, header included. */
  get byteLength(): u32 {
    return 8 + <u32>load<u16>(changetype<usize>(this));
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
  /** venue's id of the first missing record; null where the data has no ids */
  @inline get fromId(): u64 {
    return load<u64>(changetype<usize>(this), 80);
  }
  @inline set fromId(value: u64) {
    store<u64>(changetype<usize>(this), value, 80);
  }
  /** Whether fromId is given. */
  @inline get hasFromId(): bool {
    return this.fromId != u64.MAX_VALUE;
  }
  /** Says that fromId is not given. */
  @inline setFromIdNull(): void {
    this.fromId = u64.MAX_VALUE;
  }
  /** venue's id of the last missing record; null where the data has no ids */
  @inline get toId(): u64 {
    return load<u64>(changetype<usize>(this), 88);
  }
  @inline set toId(value: u64) {
    store<u64>(changetype<usize>(this), value, 88);
  }
  /** Whether toId is given. */
  @inline get hasToId(): bool {
    return this.toId != u64.MAX_VALUE;
  }
  /** Says that toId is not given. */
  @inline setToIdNull(): void {
    this.toId = u64.MAX_VALUE;
  }
  /** time of the last record before it; null if there was none */
  @inline get fromTime(): i64 {
    return load<i64>(changetype<usize>(this), 96);
  }
  @inline set fromTime(value: i64) {
    store<i64>(changetype<usize>(this), value, 96);
  }
  /** Whether fromTime is given. */
  @inline get hasFromTime(): bool {
    return this.fromTime != i64.MIN_VALUE;
  }
  /** Says that fromTime is not given. */
  @inline setFromTimeNull(): void {
    this.fromTime = i64.MIN_VALUE;
  }
  /** time of the first record after it; null while it lasts */
  @inline get toTime(): i64 {
    return load<i64>(changetype<usize>(this), 104);
  }
  @inline set toTime(value: i64) {
    store<i64>(changetype<usize>(this), value, 104);
  }
  /** Whether toTime is given. */
  @inline get hasToTime(): bool {
    return this.toTime != i64.MIN_VALUE;
  }
  /** Says that toTime is not given. */
  @inline setToTimeNull(): void {
    this.toTime = i64.MIN_VALUE;
  }
  /** records that stay missing; null where ids do not tell */
  @inline get missingCount(): u32 {
    return load<u32>(changetype<usize>(this), 112);
  }
  @inline set missingCount(value: u32) {
    store<u32>(changetype<usize>(this), value, 112);
  }
  /** Whether missingCount is given. */
  @inline get hasMissingCount(): bool {
    return this.missingCount != u32.MAX_VALUE;
  }
  /** Says that missingCount is not given. */
  @inline setMissingCountNull(): void {
    this.missingCount = u32.MAX_VALUE;
  }
  /** records that were read later and published with the flag BackFilled */
  @inline get filledCount(): u32 {
    return load<u32>(changetype<usize>(this), 116);
  }
  @inline set filledCount(value: u32) {
    store<u32>(changetype<usize>(this), value, 116);
  }
  /** data type number */
  @inline get dataType(): u8 {
    return load<u8>(changetype<usize>(this), 120);
  }
  @inline set dataType(value: u8) {
    store<u8>(changetype<usize>(this), value, 120);
  }
  /** time resolution number; 0 for anything but bars */
  @inline get resolution(): u8 {
    return load<u8>(changetype<usize>(this), 121);
  }
  @inline set resolution(value: u8) {
    store<u8>(changetype<usize>(this), value, 121);
  }
  /** why: a number of GapReason */
  @inline get reason(): i32 {
    return load<u8>(changetype<usize>(this), 122);
  }
  @inline set reason(value: i32) {
    store<u8>(changetype<usize>(this), <u8>value, 122);
  }
}
