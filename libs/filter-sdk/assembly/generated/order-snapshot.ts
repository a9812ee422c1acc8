// Made by `npm run generate -w @ims/filter-sdk` from the schema; do not edit.
import { Batch } from "../batch";
import { compareDecimals, Decimal } from "../decimal";
import { beginGroup, beginRecord, groupBytes, groupEnd, holdsBlock, wholeGroup } from "../layout";
import { paddedEquals, paddedLength, paddedStartsWith, setPadded, Text } from "../text";

/** All orders of the venue's book; of several parts the first voids what was known before, the last has the flag LastInEvent: message 223. */
@unmanaged
export class OrderSnapshot {
  static readonly TEMPLATE: i32 = 223;
  /** Octets of the block, without header, groups. */
  static readonly BLOCK_LENGTH: i32 = 80;

  /** The current record of the batch; null if it is of another template, or not whole. */
  @inline static of(batch: Batch): OrderSnapshot | null {
    return batch.template == 223 ? OrderSnapshot.at(batch.address, batch.length) : null;
  }

  /** A record of this template anywhere in memory; null if it is not whole. */
  static at(address: usize, length: u32): OrderSnapshot | null {
    if (!holdsBlock(address, length, 80)) return null;
    const limit = address + length;
    let end = address + 8 + load<u16>(address);
    end = wholeGroup(end, limit, 24);
    end = wholeGroup(end, limit, 24);
    if (end == 0) return null;
    return changetype<OrderSnapshot>(address);
  }

  /** A new record, to be emitted: optional fields are not given, all others 0. It lasts until the next batch. */
  static create(batch: Batch, bids: i32, asks: i32): OrderSnapshot {
    const address = beginRecord(batch, 88 + groupBytes(bids, 24) + groupBytes(asks, 24), 223, 80);
    let end = address + 88;
    end = beginGroup(end, bids, 24);
    end = beginGroup(end, asks, 24);
    const record = changetype<OrderSnapshot>(address);
    record.setEventTimeNull();
    record.setSendTimeNull();
    return record;
  }

  /** Octets of the record, header included. */
  get byteLength(): u32 {
    return <u32>(groupEnd(this.asksStart) - changetype<usize>(this));
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
  /** number of the part, from 0 */
  @inline get part(): u32 {
    return load<u32>(changetype<usize>(this), 80);
  }
  @inline set part(value: u32) {
    store<u32>(changetype<usize>(this), value, 80);
  }
  @inline private get bidsStart(): usize {
    return changetype<usize>(this) + 8 + load<u16>(changetype<usize>(this));
  }
  /** Entries of bids:  */
  @inline get bidsCount(): i32 {
    return load<u16>(this.bidsStart, 2);
  }
  /** An entry; an index beyond the last is a trap. */
  bidsAt(index: i32): OrderSnapshotBids {
    const start = this.bidsStart;
    assert(<u32>index < <u32>load<u16>(start, 2), "OrderSnapshot.bids has no such entry");
    return changetype<OrderSnapshotBids>(start + 8 + index * load<u16>(start));
  }
  @inline private get asksStart(): usize {
    return groupEnd(this.bidsStart);
  }
  /** Entries of asks:  */
  @inline get asksCount(): i32 {
    return load<u16>(this.asksStart, 2);
  }
  /** An entry; an index beyond the last is a trap. */
  asksAt(index: i32): OrderSnapshotAsks {
    const start = this.asksStart;
    assert(<u32>index < <u32>load<u16>(start, 2), "OrderSnapshot.asks has no such entry");
    return changetype<OrderSnapshotAsks>(start + 8 + index * load<u16>(start));
  }
}

/** An entry of OrderSnapshot.bids: . */
@unmanaged
export class OrderSnapshotBids {
  /** venue's order id */
  @inline get orderId(): u64 {
    return load<u64>(changetype<usize>(this), 0);
  }
  @inline set orderId(value: u64) {
    store<u64>(changetype<usize>(this), value, 0);
  }
  /** price of the order */
  @inline get price(): i64 {
    return load<i64>(changetype<usize>(this), 8);
  }
  @inline set price(value: i64) {
    store<i64>(changetype<usize>(this), value, 8);
  }
  /** Below 0, 0 or above 0 as price is less than, equal to or greater than a decimal, exactly. @param scale priceScale of the record */
  @inline comparePrice(scale: i32, other: Decimal): i32 {
    return compareDecimals(this.price, scale, other.mantissa, other.scale);
  }
  /** quantity that is left */
  @inline get quantity(): i64 {
    return load<i64>(changetype<usize>(this), 16);
  }
  @inline set quantity(value: i64) {
    store<i64>(changetype<usize>(this), value, 16);
  }
  /** Below 0, 0 or above 0 as quantity is less than, equal to or greater than a decimal, exactly. @param scale quantityScale of the record */
  @inline compareQuantity(scale: i32, other: Decimal): i32 {
    return compareDecimals(this.quantity, scale, other.mantissa, other.scale);
  }
}

/** An entry of OrderSnapshot.asks: . */
@unmanaged
export class OrderSnapshotAsks {
  /** venue's order id */
  @inline get orderId(): u64 {
    return load<u64>(changetype<usize>(this), 0);
  }
  @inline set orderId(value: u64) {
    store<u64>(changetype<usize>(this), value, 0);
  }
  /** price of the order */
  @inline get price(): i64 {
    return load<i64>(changetype<usize>(this), 8);
  }
  @inline set price(value: i64) {
    store<i64>(changetype<usize>(this), value, 8);
  }
  /** Below 0, 0 or above 0 as price is less than, equal to or greater than a decimal, exactly. @param scale priceScale of the record */
  @inline comparePrice(scale: i32, other: Decimal): i32 {
    return compareDecimals(this.price, scale, other.mantissa, other.scale);
  }
  /** quantity that is left */
  @inline get quantity(): i64 {
    return load<i64>(changetype<usize>(this), 16);
  }
  @inline set quantity(value: i64) {
    store<i64>(changetype<usize>(this), value, 16);
  }
  /** Below 0, 0 or above 0 as quantity is less than, equal to or greater than a decimal, exactly. @param scale quantityScale of the record */
  @inline compareQuantity(scale: i32, other: Decimal): i32 {
    return compareDecimals(this.quantity, scale, other.mantissa, other.scale);
  }
}
