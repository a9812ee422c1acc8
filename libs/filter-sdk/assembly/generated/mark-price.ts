// Made by `npm run generate -w @ims/filter-sdk` from the schema; do not edit.
import { Batch } from "../batch";
import { compareDecimals, Decimal } from "../decimal";
import { beginRecord, holdsBlock } from "../layout";
import { paddedEquals, paddedLength, paddedStartsWith, setPadded, Text } from "../text";

/** Mark price of a derivative, with its funding: message 215. */
@unmanaged
export class MarkPrice {
  static readonly TEMPLATE: i32 = 215;
  /** Octets of the block, without header. */
  static readonly BLOCK_LENGTH: i32 = 120;

  /** The current record of the batch; null if it is of another template, or not whole. */
  @inline static of(batch: Batch): MarkPrice | null {
    return batch.template == 215 ? MarkPrice.at(batch.address, batch.length) : null;
  }

  /** A record of this template anywhere in memory; null if it is not whole. */
  static at(address: usize, length: u32): MarkPrice | null {
    if (!holdsBlock(address, length, 120)) return null;
    return changetype<MarkPrice>(address);
  }

  /** A new record, to be emitted: optional fields are not given, all others 0. It lasts until the next batch. */
  static create(batch: Batch): MarkPrice {
    const address = beginRecord(batch, 128, 215, 120);
    const record = changetype<MarkPrice>(address);
    record.setEventTimeNull();
    record.setSendTimeNull();
    record.setIndexPriceNull();
    record.setSettlementEstimateNull();
    record.setFundingRateNull();
    record.setNextFundingTimeNull();
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
  /** mark price */
  @inline get markPrice(): i64 {
    return load<i64>(changetype<usize>(this), 80);
  }
  @inline set markPrice(value: i64) {
    store<i64>(changetype<usize>(this), value, 80);
  }
  /** Below 0, 0 or above 0 as markPrice is less than, equal to or greater than a decimal, exactly. */
  @inline compareMarkPrice(other: Decimal): i32 {
    return compareDecimals(this.markPrice, this.priceScale, other.mantissa, other.scale);
  }
  /** price of the index; null if the venue gives none */
  @inline get indexPrice(): i64 {
    return load<i64>(changetype<usize>(this), 88);
  }
  @inline set indexPrice(value: i64) {
    store<i64>(changetype<usize>(this), value, 88);
  }
  /** Whether indexPrice is given. */
  @inline get hasIndexPrice(): bool {
    return this.indexPrice != i64.MIN_VALUE;
  }
  /** Says that indexPrice is not given. */
  @inline setIndexPriceNull(): void {
    this.indexPrice = i64.MIN_VALUE;
  }
  /** Below 0, 0 or above 0 as indexPrice is less than, equal to or greater than a decimal, exactly. One that is not given is below all. */
  @inline compareIndexPrice(other: Decimal): i32 {
    return this.hasIndexPrice ? compareDecimals(this.indexPrice, this.priceScale, other.mantissa, other.scale) : -1;
  }
  /** estimated settlement price; null if the venue gives none */
  @inline get settlementEstimate(): i64 {
    return load<i64>(changetype<usize>(this), 96);
  }
  @inline set settlementEstimate(value: i64) {
    store<i64>(changetype<usize>(this), value, 96);
  }
  /** Whether settlementEstimate is given. */
  @inline get hasSettlementEstimate(): bool {
    return this.settlementEstimate != i64.MIN_VALUE;
  }
  /** Says that settlementEstimate is not given. */
  @inline setSettlementEstimateNull(): void {
    this.settlementEstimate = i64.MIN_VALUE;
  }
  /** Below 0, 0 or above 0 as settlementEstimate is less than, equal to or greater than a decimal, exactly. One that is not given is below all. */
  @inline compareSettlementEstimate(other: Decimal): i32 {
    return this.hasSettlementEstimate ? compareDecimals(this.settlementEstimate, this.priceScale, other.mantissa, other.scale) : -1;
  }
  /** rate of the next funding as a fraction, at fundingScale; null for what has no funding */
  @inline get fundingRate(): i64 {
    return load<i64>(changetype<usize>(this), 104);
  }
  @inline set fundingRate(value: i64) {
    store<i64>(changetype<usize>(this), value, 104);
  }
  /** Whether fundingRate is given. */
  @inline get hasFundingRate(): bool {
    return this.fundingRate != i64.MIN_VALUE;
  }
  /** Says that fundingRate is not given. */
  @inline setFundingRateNull(): void {
    this.fundingRate = i64.MIN_VALUE;
  }
  /** Below 0, 0 or above 0 as fundingRate is less than, equal to or greater than a decimal, exactly. One that is not given is below all. */
  @inline compareFundingRate(other: Decimal): i32 {
    return this.hasFundingRate ? compareDecimals(this.fundingRate, this.fundingScale, other.mantissa, other.scale) : -1;
  }
  /** next funding; null for what has no funding */
  @inline get nextFundingTime(): i64 {
    return load<i64>(changetype<usize>(this), 112);
  }
  @inline set nextFundingTime(value: i64) {
    store<i64>(changetype<usize>(this), value, 112);
  }
  /** Whether nextFundingTime is given. */
  @inline get hasNextFundingTime(): bool {
    return this.nextFundingTime != i64.MIN_VALUE;
  }
  /** Says that nextFundingTime is not given. */
  @inline setNextFundingTimeNull(): void {
    this.nextFundingTime = i64.MIN_VALUE;
  }
  /** digits after the point of fundingRate */
  @inline get fundingScale(): u8 {
    return load<u8>(changetype<usize>(this), 120);
  }
  @inline set fundingScale(value: u8) {
    store<u8>(changetype<usize>(this), value, 120);
  }
}
