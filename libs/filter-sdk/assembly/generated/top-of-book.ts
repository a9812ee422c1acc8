// Made by `npm run generate -w @ims/filter-sdk` from the schema; do not edit.
import { Batch } from "../batch";
import { compareDecimals, Decimal } from "../decimal";
import { beginRecord, holdsBlock } from "../layout";
import { paddedEquals, paddedLength, paddedStartsWith, setPadded, Text } from "../text";

/** Best bid and best ask: message 212. */
@unmanaged
export class TopOfBook {
  static readonly TEMPLATE: i32 = 212;
  /** Octets of the block, without header. */
  static readonly BLOCK_LENGTH: i32 = 112;

  /** The current record of the batch; null if it is of another template, or not whole. */
  @inline static of(batch: Batch): TopOfBook | null {
    return batch.template == 212 ? TopOfBook.at(batch.address, batch.length) : null;
  }

  /** A record of this template anywhere in memory; null if it is not whole. */
  static at(address: usize, length: u32): TopOfBook | null {
    if (!holdsBlock(address, length, 112)) return null;
    return changetype<TopOfBook>(address);
  }

  /** A new record, to be emitted: optional fields are not given, all others 0. It lasts until the next batch. */
  static create(batch: Batch): TopOfBook {
    const address = beginRecord(batch, 120, 212, 112);
    const record = changetype<TopOfBook>(address);
    record.setEventTimeNull();
    record.setSendTimeNull();
    record.setUpdateIdNull();
    record.setBidPriceNull();
    record.setAskPriceNull();
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
  /** venue's id of the book state; null if the venue gives none */
  @inline get updateId(): u64 {
    return load<u64>(changetype<usize>(this), 80);
  }
  @inline set updateId(value: u64) {
    store<u64>(changetype<usize>(this), value, 80);
  }
  /** Whether updateId is given. */
  @inline get hasUpdateId(): bool {
    return this.updateId != u64.MAX_VALUE;
  }
  /** Says that updateId is not given. */
  @inline setUpdateIdNull(): void {
    this.updateId = u64.MAX_VALUE;
  }
  /** best bid; null where there are no bids */
  @inline get bidPrice(): i64 {
    return load<i64>(changetype<usize>(this), 88);
  }
  @inline set bidPrice(value: i64) {
    store<i64>(changetype<usize>(this), value, 88);
  }
  /** Whether bidPrice is given. */
  @inline get hasBidPrice(): bool {
    return this.bidPrice != i64.MIN_VALUE;
  }
  /** Says that bidPrice is not given. */
  @inline setBidPriceNull(): void {
    this.bidPrice = i64.MIN_VALUE;
  }
  /** Below 0, 0 or above 0 as bidPrice is less than, equal to or greater than a decimal, exactly. One that is not given is below all. */
  @inline compareBidPrice(other: Decimal): i32 {
    return this.hasBidPrice ? compareDecimals(this.bidPrice, this.priceScale, other.mantissa, other.scale) : -1;
  }
  /** quantity at it; 0 where there are no bids */
  @inline get bidQuantity(): i64 {
    return load<i64>(changetype<usize>(this), 96);
  }
  @inline set bidQuantity(value: i64) {
    store<i64>(changetype<usize>(this), value, 96);
  }
  /** Below 0, 0 or above 0 as bidQuantity is less than, equal to or greater than a decimal, exactly. */
  @inline compareBidQuantity(other: Decimal): i32 {
    return compareDecimals(this.bidQuantity, this.quantityScale, other.mantissa, other.scale);
  }
  /** best ask; null where there are no asks */
  @inline get askPrice(): i64 {
    return load<i64>(changetype<usize>(this), 104);
  }
  @inline set askPrice(value: i64) {
    store<i64>(changetype<usize>(this), value, 104);
  }
  /** Whether askPrice is given. */
  @inline get hasAskPrice(): bool {
    return this.askPrice != i64.MIN_VALUE;
  }
  /** Says that askPrice is not given. */
  @inline setAskPriceNull(): void {
    this.askPrice = i64.MIN_VALUE;
  }
  /** Below 0, 0 or above 0 as askPrice is less than, equal to or greater than a decimal, exactly. One that is not given is below all. */
  @inline compareAskPrice(other: Decimal): i32 {
    return this.hasAskPrice ? compareDecimals(this.askPrice, this.priceScale, other.mantissa, other.scale) : -1;
  }
  /** quantity at it; 0 where there are no asks */
  @inline get askQuantity(): i64 {
    return load<i64>(changetype<usize>(this), 112);
  }
  @inline set askQuantity(value: i64) {
    store<i64>(changetype<usize>(this), value, 112);
  }
  /** Below 0, 0 or above 0 as askQuantity is less than, equal to or greater than a decimal, exactly. */
  @inline compareAskQuantity(other: Decimal): i32 {
    return compareDecimals(this.askQuantity, this.quantityScale, other.mantissa, other.scale);
  }
}
