// Made by `npm run generate -w @ims/filter-sdk` from the schema; do not edit.
import { Batch } from "../batch";
import { compareDecimals, Decimal } from "../decimal";
import { beginRecord, holdsBlock } from "../layout";
import { paddedEquals, paddedLength, paddedStartsWith, setPadded, Text } from "../text";

/** One tradable instrument; also the announcement of its number: message 219. */
@unmanaged
export class Instrument {
  static readonly TEMPLATE: i32 = 219;
  /** Octets of the block, without header. */
  static readonly BLOCK_LENGTH: i32 = 184;

  /** The current record of the batch; null if it is of another template, or not whole. */
  @inline static of(batch: Batch): Instrument | null {
    return batch.template == 219 ? Instrument.at(batch.address, batch.length) : null;
  }

  /** A record of this template anywhere in memory; null if it is not whole. */
  static at(address: usize, length: u32): Instrument | null {
    if (!holdsBlock(address, length, 184)) return null;
    return changetype<Instrument>(address);
  }

  /** A new record, to be emitted: optional fields are not given, all others 0. It lasts until the next batch. */
  static create(batch: Batch): Instrument {
    const address = beginRecord(batch, 192, 219, 184);
    const record = changetype<Instrument>(address);
    record.setEventTimeNull();
    record.setSendTimeNull();
    record.setContractSizeNull();
    record.setExpiryTimeNull();
    record.setStrikeNull();
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
  /** base asset: up to 16 octets of UTF-8 */
  @inline get baseAddress(): usize {
    return changetype<usize>(this) + 80;
  }
  @inline get baseLength(): i32 {
    return paddedLength(changetype<usize>(this) + 80, 16);
  }
  @inline baseEquals(text: Text): bool {
    return paddedEquals(changetype<usize>(this) + 80, 16, text);
  }
  @inline baseStartsWith(text: Text): bool {
    return paddedStartsWith(changetype<usize>(this) + 80, 16, text);
  }
  /** A new string, for logs; comparing octets is far faster. */
  baseText(): string {
    return String.UTF8.decodeUnsafe(changetype<usize>(this) + 80, this.baseLength);
  }
  /** Writes a text; false, and nothing written, if it has more than 16 octets. */
  setBase(text: Text): bool {
    return setPadded(changetype<usize>(this) + 80, 16, text);
  }
  /** quote asset: up to 16 octets of UTF-8 */
  @inline get quoteAddress(): usize {
    return changetype<usize>(this) + 96;
  }
  @inline get quoteLength(): i32 {
    return paddedLength(changetype<usize>(this) + 96, 16);
  }
  @inline quoteEquals(text: Text): bool {
    return paddedEquals(changetype<usize>(this) + 96, 16, text);
  }
  @inline quoteStartsWith(text: Text): bool {
    return paddedStartsWith(changetype<usize>(this) + 96, 16, text);
  }
  /** A new string, for logs; comparing octets is far faster. */
  quoteText(): string {
    return String.UTF8.decodeUnsafe(changetype<usize>(this) + 96, this.quoteLength);
  }
  /** Writes a text; false, and nothing written, if it has more than 16 octets. */
  setQuote(text: Text): bool {
    return setPadded(changetype<usize>(this) + 96, 16, text);
  }
  /** settlement asset: up to 16 octets of UTF-8 */
  @inline get settleAddress(): usize {
    return changetype<usize>(this) + 112;
  }
  @inline get settleLength(): i32 {
    return paddedLength(changetype<usize>(this) + 112, 16);
  }
  @inline settleEquals(text: Text): bool {
    return paddedEquals(changetype<usize>(this) + 112, 16, text);
  }
  @inline settleStartsWith(text: Text): bool {
    return paddedStartsWith(changetype<usize>(this) + 112, 16, text);
  }
  /** A new string, for logs; comparing octets is far faster. */
  settleText(): string {
    return String.UTF8.decodeUnsafe(changetype<usize>(this) + 112, this.settleLength);
  }
  /** Writes a text; false, and nothing written, if it has more than 16 octets. */
  setSettle(text: Text): bool {
    return setPadded(changetype<usize>(this) + 112, 16, text);
  }
  /** smallest price step, at priceScale */
  @inline get priceIncrement(): i64 {
    return load<i64>(changetype<usize>(this), 128);
  }
  @inline set priceIncrement(value: i64) {
    store<i64>(changetype<usize>(this), value, 128);
  }
  /** Below 0, 0 or above 0 as priceIncrement is less than, equal to or greater than a decimal, exactly. */
  @inline comparePriceIncrement(other: Decimal): i32 {
    return compareDecimals(this.priceIncrement, this.priceScale, other.mantissa, other.scale);
  }
  /** smallest quantity step, at quantityScale */
  @inline get quantityIncrement(): i64 {
    return load<i64>(changetype<usize>(this), 136);
  }
  @inline set quantityIncrement(value: i64) {
    store<i64>(changetype<usize>(this), value, 136);
  }
  /** Below 0, 0 or above 0 as quantityIncrement is less than, equal to or greater than a decimal, exactly. */
  @inline compareQuantityIncrement(other: Decimal): i32 {
    return compareDecimals(this.quantityIncrement, this.quantityScale, other.mantissa, other.scale);
  }
  /** value of one contract in the quote asset, at contractScale; null where quantities are amounts of base */
  @inline get contractSize(): i64 {
    return load<i64>(changetype<usize>(this), 144);
  }
  @inline set contractSize(value: i64) {
    store<i64>(changetype<usize>(this), value, 144);
  }
  /** Whether contractSize is given. */
  @inline get hasContractSize(): bool {
    return this.contractSize != i64.MIN_VALUE;
  }
  /** Says that contractSize is not given. */
  @inline setContractSizeNull(): void {
    this.contractSize = i64.MIN_VALUE;
  }
  /** Below 0, 0 or above 0 as contractSize is less than, equal to or greater than a decimal, exactly. One that is not given is below all. */
  @inline compareContractSize(other: Decimal): i32 {
    return this.hasContractSize ? compareDecimals(this.contractSize, this.contractScale, other.mantissa, other.scale) : -1;
  }
  /** expiry; null for what does not expire */
  @inline get expiryTime(): i64 {
    return load<i64>(changetype<usize>(this), 152);
  }
  @inline set expiryTime(value: i64) {
    store<i64>(changetype<usize>(this), value, 152);
  }
  /** Whether expiryTime is given. */
  @inline get hasExpiryTime(): bool {
    return this.expiryTime != i64.MIN_VALUE;
  }
  /** Says that expiryTime is not given. */
  @inline setExpiryTimeNull(): void {
    this.expiryTime = i64.MIN_VALUE;
  }
  /** strike price of an option, at priceScale */
  @inline get strike(): i64 {
    return load<i64>(changetype<usize>(this), 160);
  }
  @inline set strike(value: i64) {
    store<i64>(changetype<usize>(this), value, 160);
  }
  /** Whether strike is given. */
  @inline get hasStrike(): bool {
    return this.strike != i64.MIN_VALUE;
  }
  /** Says that strike is not given. */
  @inline setStrikeNull(): void {
    this.strike = i64.MIN_VALUE;
  }
  /** Below 0, 0 or above 0 as strike is less than, equal to or greater than a decimal, exactly. One that is not given is below all. */
  @inline compareStrike(other: Decimal): i32 {
    return this.hasStrike ? compareDecimals(this.strike, this.priceScale, other.mantissa, other.scale) : -1;
  }
  /** underlying of a derivative; empty otherwise: up to 16 octets of UTF-8 */
  @inline get underlyingAddress(): usize {
    return changetype<usize>(this) + 168;
  }
  @inline get underlyingLength(): i32 {
    return paddedLength(changetype<usize>(this) + 168, 16);
  }
  @inline underlyingEquals(text: Text): bool {
    return paddedEquals(changetype<usize>(this) + 168, 16, text);
  }
  @inline underlyingStartsWith(text: Text): bool {
    return paddedStartsWith(changetype<usize>(this) + 168, 16, text);
  }
  /** A new string, for logs; comparing octets is far faster. */
  underlyingText(): string {
    return String.UTF8.decodeUnsafe(changetype<usize>(this) + 168, this.underlyingLength);
  }
  /** Writes a text; false, and nothing written, if it has more than 16 octets. */
  setUnderlying(text: Text): bool {
    return setPadded(changetype<usize>(this) + 168, 16, text);
  }
  /** kind: a number of InstrumentKind */
  @inline get kind(): i32 {
    return load<u8>(changetype<usize>(this), 184);
  }
  @inline set kind(value: i32) {
    store<u8>(changetype<usize>(this), <u8>value, 184);
  }
  /** status: a number of InstrumentStatus */
  @inline get status(): i32 {
    return load<u8>(changetype<usize>(this), 185);
  }
  @inline set status(value: i32) {
    store<u8>(changetype<usize>(this), <u8>value, 185);
  }
  /** digits after the point of contractSize */
  @inline get contractScale(): u8 {
    return load<u8>(changetype<usize>(this), 186);
  }
  @inline set contractScale(value: u8) {
    store<u8>(changetype<usize>(this), value, 186);
  }
  /** call or put: a number of OptionType */
  @inline get optionType(): i32 {
    return load<u8>(changetype<usize>(this), 187);
  }
  @inline set optionType(value: i32) {
    store<u8>(changetype<usize>(this), <u8>value, 187);
  }
}
