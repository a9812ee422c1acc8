// Made by `npm run generate -w @ims/filter-sdk` from the schema; do not edit.
import { Batch } from "../batch";
import { compareDecimals, Decimal } from "../decimal";
import { beginGroup, beginRecord, groupBytes, groupEnd, holdsBlock, wholeGroup } from "../layout";
import { paddedEquals, paddedLength, paddedStartsWith, setPadded, Text } from "../text";

/** Books of several venues as one; symbol is the canonical symbol, exchangeId 0: message 230. */
@unmanaged
export class MergedBook {
  static readonly TEMPLATE: i32 = 230;
  /** Octets of the block, without header, groups. */
  static readonly BLOCK_LENGTH: i32 = 88;

  /** The current record of the batch; null if it is of another template, or not whole. */
  @inline static of(batch: Batch): MergedBook | null {
    return batch.template == 230 ? MergedBook.at(batch.address, batch.length) : null;
  }

  /** A record of this template anywhere in memory; null if it is not whole. */
  static at(address: usize, length: u32): MergedBook | null {
    if (!holdsBlock(address, length, 88)) return null;
    const limit = address + length;
    let end = address + 8 + load<u16>(address);
    end = wholeGroup(end, limit, 24);
    end = wholeGroup(end, limit, 24);
    end = wholeGroup(end, limit, 16);
    if (end == 0) return null;
    return changetype<MergedBook>(address);
  }

  /** A new record, to be emitted: optional fields are not given, all others 0. It lasts until the next batch. */
  static create(batch: Batch, bids: i32, asks: i32, venues: i32): MergedBook {
    const address = beginRecord(batch, 96 + groupBytes(bids, 24) + groupBytes(asks, 24) + groupBytes(venues, 16), 230, 88);
    let end = address + 96;
    end = beginGroup(end, bids, 24);
    end = beginGroup(end, asks, 24);
    end = beginGroup(end, venues, 16);
    const record = changetype<MergedBook>(address);
    record.setEventTimeNull();
    record.setSendTimeNull();
    record.setSpreadNull();
    record.setHorizonNull();
    return record;
  }

  /** Octets of the record, header included. */
  get byteLength(): u32 {
    return <u32>(groupEnd(this.venuesStart) - changetype<usize>(this));
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
  /** best ask less best bid, negative where the book is crossed; null where a side is empty */
  @inline get spread(): i64 {
    return load<i64>(changetype<usize>(this), 80);
  }
  @inline set spread(value: i64) {
    store<i64>(changetype<usize>(this), value, 80);
  }
  /** Whether spread is given. */
  @inline get hasSpread(): bool {
    return this.spread != i64.MIN_VALUE;
  }
  /** Says that spread is not given. */
  @inline setSpreadNull(): void {
    this.spread = i64.MIN_VALUE;
  }
  /** Below 0, 0 or above 0 as spread is less than, equal to or greater than a decimal, exactly. One that is not given is below all. */
  @inline compareSpread(other: Decimal): i32 {
    return this.hasSpread ? compareDecimals(this.spread, this.priceScale, other.mantissa, other.scale) : -1;
  }
  /** levels a side that are merged; null where all are */
  @inline get horizon(): u32 {
    return load<u32>(changetype<usize>(this), 88);
  }
  @inline set horizon(value: u32) {
    store<u32>(changetype<usize>(this), value, 88);
  }
  /** Whether horizon is given. */
  @inline get hasHorizon(): bool {
    return this.horizon != u32.MAX_VALUE;
  }
  /** Says that horizon is not given. */
  @inline setHorizonNull(): void {
    this.horizon = u32.MAX_VALUE;
  }
  /** what is special about the book: bits of BookCondition */
  @inline get condition(): i32 {
    return load<u8>(changetype<usize>(this), 92);
  }
  @inline set condition(value: i32) {
    store<u8>(changetype<usize>(this), <u8>value, 92);
  }
  @inline private get bidsStart(): usize {
    return changetype<usize>(this) + 8 + load<u16>(changetype<usize>(this));
  }
  /** Entries of bids: bids, best first */
  @inline get bidsCount(): i32 {
    return load<u16>(this.bidsStart, 2);
  }
  /** An entry; an index beyond the last is a trap. */
  bidsAt(index: i32): MergedBookBids {
    const start = this.bidsStart;
    assert(<u32>index < <u32>load<u16>(start, 2), "MergedBook.bids has no such entry");
    return changetype<MergedBookBids>(start + 8 + index * load<u16>(start));
  }
  @inline private get asksStart(): usize {
    return groupEnd(this.bidsStart);
  }
  /** Entries of asks: asks, best first */
  @inline get asksCount(): i32 {
    return load<u16>(this.asksStart, 2);
  }
  /** An entry; an index beyond the last is a trap. */
  asksAt(index: i32): MergedBookAsks {
    const start = this.asksStart;
    assert(<u32>index < <u32>load<u16>(start, 2), "MergedBook.asks has no such entry");
    return changetype<MergedBookAsks>(start + 8 + index * load<u16>(start));
  }
  @inline private get venuesStart(): usize {
    return groupEnd(this.asksStart);
  }
  /** Entries of venues: venues of the merge, whether in it or left out */
  @inline get venuesCount(): i32 {
    return load<u16>(this.venuesStart, 2);
  }
  /** An entry; an index beyond the last is a trap. */
  venuesAt(index: i32): MergedBookVenues {
    const start = this.venuesStart;
    assert(<u32>index < <u32>load<u16>(start, 2), "MergedBook.venues has no such entry");
    return changetype<MergedBookVenues>(start + 8 + index * load<u16>(start));
  }
}

/** An entry of MergedBook.bids: bids, best first. */
@unmanaged
export class MergedBookBids {
  /** price of the level */
  @inline get price(): i64 {
    return load<i64>(changetype<usize>(this), 0);
  }
  @inline set price(value: i64) {
    store<i64>(changetype<usize>(this), value, 0);
  }
  /** Below 0, 0 or above 0 as price is less than, equal to or greater than a decimal, exactly. @param scale priceScale of the record */
  @inline comparePrice(scale: i32, other: Decimal): i32 {
    return compareDecimals(this.price, scale, other.mantissa, other.scale);
  }
  /** quantity at it */
  @inline get quantity(): i64 {
    return load<i64>(changetype<usize>(this), 8);
  }
  @inline set quantity(value: i64) {
    store<i64>(changetype<usize>(this), value, 8);
  }
  /** Below 0, 0 or above 0 as quantity is less than, equal to or greater than a decimal, exactly. @param scale quantityScale of the record */
  @inline compareQuantity(scale: i32, other: Decimal): i32 {
    return compareDecimals(this.quantity, scale, other.mantissa, other.scale);
  }
  /** exchange number of its venue */
  @inline get exchangeId(): u8 {
    return load<u8>(changetype<usize>(this), 16);
  }
  @inline set exchangeId(value: u8) {
    store<u8>(changetype<usize>(this), value, 16);
  }
}

/** An entry of MergedBook.asks: asks, best first. */
@unmanaged
export class MergedBookAsks {
  /** price of the level */
  @inline get price(): i64 {
    return load<i64>(changetype<usize>(this), 0);
  }
  @inline set price(value: i64) {
    store<i64>(changetype<usize>(this), value, 0);
  }
  /** Below 0, 0 or above 0 as price is less than, equal to or greater than a decimal, exactly. @param scale priceScale of the record */
  @inline comparePrice(scale: i32, other: Decimal): i32 {
    return compareDecimals(this.price, scale, other.mantissa, other.scale);
  }
  /** quantity at it */
  @inline get quantity(): i64 {
    return load<i64>(changetype<usize>(this), 8);
  }
  @inline set quantity(value: i64) {
    store<i64>(changetype<usize>(this), value, 8);
  }
  /** Below 0, 0 or above 0 as quantity is less than, equal to or greater than a decimal, exactly. @param scale quantityScale of the record */
  @inline compareQuantity(scale: i32, other: Decimal): i32 {
    return compareDecimals(this.quantity, scale, other.mantissa, other.scale);
  }
  /** exchange number of its venue */
  @inline get exchangeId(): u8 {
    return load<u8>(changetype<usize>(this), 16);
  }
  @inline set exchangeId(value: u8) {
    store<u8>(changetype<usize>(this), value, 16);
  }
}

/** An entry of MergedBook.venues: venues of the merge, whether in it or left out. */
@unmanaged
export class MergedBookVenues {
  /** time from the venue's last update to publishTime; null if there was none */
  @inline get age(): i64 {
    return load<i64>(changetype<usize>(this), 0);
  }
  @inline set age(value: i64) {
    store<i64>(changetype<usize>(this), value, 0);
  }
  /** Whether age is given. */
  @inline get hasAge(): bool {
    return this.age != i64.MIN_VALUE;
  }
  /** Says that age is not given. */
  @inline setAgeNull(): void {
    this.age = i64.MIN_VALUE;
  }
  /** number of the instrument in the venue's stream */
  @inline get instrumentId(): u32 {
    return load<u32>(changetype<usize>(this), 8);
  }
  @inline set instrumentId(value: u32) {
    store<u32>(changetype<usize>(this), value, 8);
  }
  /** exchange number of the venue */
  @inline get exchangeId(): u8 {
    return load<u8>(changetype<usize>(this), 12);
  }
  @inline set exchangeId(value: u8) {
    store<u8>(changetype<usize>(this), value, 12);
  }
  /** only what is Live or Quiet is merged: a number of FeedState */
  @inline get state(): i32 {
    return load<u8>(changetype<usize>(this), 13);
  }
  @inline set state(value: i32) {
    store<u8>(changetype<usize>(this), <u8>value, 13);
  }
}
