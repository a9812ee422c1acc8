// Made by `npm run generate -w @ims/filter-sdk` from the schema; do not edit.
import { Batch } from "../batch";
import { compareDecimals, Decimal } from "../decimal";
import { beginRecord, holdsBlock } from "../layout";
import { paddedEquals, paddedLength, paddedStartsWith, setPadded, Text } from "../text";

/** One bar of trades: message 211. */
@unmanaged
export class Bar {
  static readonly TEMPLATE: i32 = 211;
  /** Octets of the block, without header. */
  static readonly BLOCK_LENGTH: i32 = 152;

  /** The current record of the batch; null if it is of another template, or not whole. */
  @inline static of(batch: Batch): Bar | null {
    return batch.template == 211 ? Bar.at(batch.address, batch.length) : null;
  }

  /** A record of this template anywhere in memory; null if it is not whole. */
  static at(address: usize, length: u32): Bar | null {
    if (!holdsBlock(address, length, 152)) return null;
    return changetype<Bar>(address);
  }

  /** A new record, to be emitted: optional fields are not given, all others 0. It lasts until the next batch. */
  static create(batch: Batch): Bar {
    const address = beginRecord(batch, 160, 211, 152);
    const record = changetype<Bar>(address);
    record.setEventTimeNull();
    record.setSendTimeNull();
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
  /** start of the bar */
  @inline get openTime(): i64 {
    return load<i64>(changetype<usize>(this), 80);
  }
  @inline set openTime(value: i64) {
    store<i64>(changetype<usize>(this), value, 80);
  }
  /** end of the bar, as the venue prints it */
  @inline get closeTime(): i64 {
    return load<i64>(changetype<usize>(this), 88);
  }
  @inline set closeTime(value: i64) {
    store<i64>(changetype<usize>(this), value, 88);
  }
  /** first price */
  @inline get open(): i64 {
    return load<i64>(changetype<usize>(this), 96);
  }
  @inline set open(value: i64) {
    store<i64>(changetype<usize>(this), value, 96);
  }
  /** Below 0, 0 or above 0 as open is less than, equal to or greater than a decimal, exactly. */
  @inline compareOpen(other: Decimal): i32 {
    return compareDecimals(this.open, this.priceScale, other.mantissa, other.scale);
  }
  /** highest price */
  @inline get high(): i64 {
    return load<i64>(changetype<usize>(this), 104);
  }
  @inline set high(value: i64) {
    store<i64>(changetype<usize>(this), value, 104);
  }
  /** Below 0, 0 or above 0 as high is less than, equal to or greater than a decimal, exactly. */
  @inline compareHigh(other: Decimal): i32 {
    return compareDecimals(this.high, this.priceScale, other.mantissa, other.scale);
  }
  /** lowest price */
  @inline get low(): i64 {
    return load<i64>(changetype<usize>(this), 112);
  }
  @inline set low(value: i64) {
    store<i64>(changetype<usize>(this), value, 112);
  }
  /** Below 0, 0 or above 0 as low is less than, equal to or greater than a decimal, exactly. */
  @inline compareLow(other: Decimal): i32 {
    return compareDecimals(this.low, this.priceScale, other.mantissa, other.scale);
  }
  /** last price */
  @inline get close(): i64 {
    return load<i64>(changetype<usize>(this), 120);
  }
  @inline set close(value: i64) {
    store<i64>(changetype<usize>(this), value, 120);
  }
  /** Below 0, 0 or above 0 as close is less than, equal to or greater than a decimal, exactly. */
  @inline compareClose(other: Decimal): i32 {
    return compareDecimals(this.close, this.priceScale, other.mantissa, other.scale);
  }
  /** quantity traded */
  @inline get volume(): i64 {
    return load<i64>(changetype<usize>(this), 128);
  }
  @inline set volume(value: i64) {
    store<i64>(changetype<usize>(this), value, 128);
  }
  /** Below 0, 0 or above 0 as volume is less than, equal to or greater than a decimal, exactly. */
  @inline compareVolume(other: Decimal): i32 {
    return compareDecimals(this.volume, this.quantityScale, other.mantissa, other.scale);
  }
  /** amount traded, at quoteScale */
  @inline get quoteVolume(): i64 {
    return load<i64>(changetype<usize>(this), 136);
  }
  @inline set quoteVolume(value: i64) {
    store<i64>(changetype<usize>(this), value, 136);
  }
  /** Below 0, 0 or above 0 as quoteVolume is less than, equal to or greater than a decimal, exactly. */
  @inline compareQuoteVolume(other: Decimal): i32 {
    return compareDecimals(this.quoteVolume, this.quoteScale, other.mantissa, other.scale);
  }
  /** quantity bought by takers */
  @inline get takerVolume(): i64 {
    return load<i64>(changetype<usize>(this), 144);
  }
  @inline set takerVolume(value: i64) {
    store<i64>(changetype<usize>(this), value, 144);
  }
  /** Below 0, 0 or above 0 as takerVolume is less than, equal to or greater than a decimal, exactly. */
  @inline compareTakerVolume(other: Decimal): i32 {
    return compareDecimals(this.takerVolume, this.quantityScale, other.mantissa, other.scale);
  }
  /** number of trades */
  @inline get tradeCount(): u32 {
    return load<u32>(changetype<usize>(this), 152);
  }
  @inline set tradeCount(value: u32) {
    store<u32>(changetype<usize>(this), value, 152);
  }
  /** time resolution number */
  @inline get resolution(): u8 {
    return load<u8>(changetype<usize>(this), 156);
  }
  @inline set resolution(value: u8) {
    store<u8>(changetype<usize>(this), value, 156);
  }
  /** whether it may still change: a number of BarState */
  @inline get state(): i32 {
    return load<u8>(changetype<usize>(this), 157);
  }
  @inline set state(value: i32) {
    store<u8>(changetype<usize>(this), <u8>value, 157);
  }
  /** digits after the point of quoteVolume */
  @inline get quoteScale(): u8 {
    return load<u8>(changetype<usize>(this), 158);
  }
  @inline set quoteScale(value: u8) {
    store<u8>(changetype<usize>(this), value, 158);
  }
}
