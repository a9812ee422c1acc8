// Made by `npm run generate -w @ims/filter-sdk` from the schema; do not edit.
import { Batch } from "../batch";
import { compareDecimals, Decimal } from "../decimal";
import { beginRecord, holdsBlock } from "../layout";
import { paddedEquals, paddedLength, paddedStartsWith, setPadded, Text } from "../text";

/** An order by which the venue closed a position: message 216. */
@unmanaged
export class Liquidation {
  static readonly TEMPLATE: i32 = 216;
  /** Octets of the block, without header. */
  static readonly BLOCK_LENGTH: i32 = 112;

  /** The current record of the batch; null if it is of another template, or not whole. */
  @inline static of(batch: Batch): Liquidation | null {
    return batch.template == 216 ? Liquidation.at(batch.address, batch.length) : null;
  }

  /** A record of this template anywhere in memory; null if it is not whole. */
  static at(address: usize, length: u32): Liquidation | null {
    if (!holdsBlock(address, length, 112)) return null;
    return changetype<Liquidation>(address);
  }

  /** A new record, to be emitted: optional fields are not given, all others 0. It lasts until the next batch. */
  static create(batch: Batch): Liquidation {
    const address = beginRecord(batch, 120, 216, 112);
    const record = changetype<Liquidation>(address);
    record.setEventTimeNull();
    record.setSendTimeNull();
    record.setPriceNull();
    record.setAveragePriceNull();
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
  /** price of the order; null for a market order */
  @inline get price(): i64 {
    return load<i64>(changetype<usize>(this), 80);
  }
  @inline set price(value: i64) {
    store<i64>(changetype<usize>(this), value, 80);
  }
  /** Whether price is given. */
  @inline get hasPrice(): bool {
    return this.price != i64.MIN_VALUE;
  }
  /** Says that price is not given. */
  @inline setPriceNull(): void {
    this.price = i64.MIN_VALUE;
  }
  /** Below 0, 0 or above 0 as price is less than, equal to or greater than a decimal, exactly. One that is not given is below all. */
  @inline comparePrice(other: Decimal): i32 {
    return this.hasPrice ? compareDecimals(this.price, this.priceScale, other.mantissa, other.scale) : -1;
  }
  /** average price of its executions; null if the venue gives none */
  @inline get averagePrice(): i64 {
    return load<i64>(changetype<usize>(this), 88);
  }
  @inline set averagePrice(value: i64) {
    store<i64>(changetype<usize>(this), value, 88);
  }
  /** Whether averagePrice is given. */
  @inline get hasAveragePrice(): bool {
    return this.averagePrice != i64.MIN_VALUE;
  }
  /** Says that averagePrice is not given. */
  @inline setAveragePriceNull(): void {
    this.averagePrice = i64.MIN_VALUE;
  }
  /** Below 0, 0 or above 0 as averagePrice is less than, equal to or greater than a decimal, exactly. One that is not given is below all. */
  @inline compareAveragePrice(other: Decimal): i32 {
    return this.hasAveragePrice ? compareDecimals(this.averagePrice, this.priceScale, other.mantissa, other.scale) : -1;
  }
  /** quantity of the order */
  @inline get quantity(): i64 {
    return load<i64>(changetype<usize>(this), 96);
  }
  @inline set quantity(value: i64) {
    store<i64>(changetype<usize>(this), value, 96);
  }
  /** Below 0, 0 or above 0 as quantity is less than, equal to or greater than a decimal, exactly. */
  @inline compareQuantity(other: Decimal): i32 {
    return compareDecimals(this.quantity, this.quantityScale, other.mantissa, other.scale);
  }
  /** quantity executed so far */
  @inline get filledQuantity(): i64 {
    return load<i64>(changetype<usize>(this), 104);
  }
  @inline set filledQuantity(value: i64) {
    store<i64>(changetype<usize>(this), value, 104);
  }
  /** Below 0, 0 or above 0 as filledQuantity is less than, equal to or greater than a decimal, exactly. */
  @inline compareFilledQuantity(other: Decimal): i32 {
    return compareDecimals(this.filledQuantity, this.quantityScale, other.mantissa, other.scale);
  }
  /** side of the order: Sell closes a long position: a number of Side */
  @inline get side(): i32 {
    return load<u8>(changetype<usize>(this), 112);
  }
  @inline set side(value: i32) {
    store<u8>(changetype<usize>(this), <u8>value, 112);
  }
  /** state of the order: a number of OrderStatus */
  @inline get status(): i32 {
    return load<u8>(changetype<usize>(this), 113);
  }
  @inline set status(value: i32) {
    store<u8>(changetype<usize>(this), <u8>value, 113);
  }
}
