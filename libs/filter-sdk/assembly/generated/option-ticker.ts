// Made by `npm run generate -w @ims/filter-sdk` from the schema; do not edit.
import { Batch } from "../batch";
import { compareDecimals, Decimal } from "../decimal";
import { beginRecord, holdsBlock } from "../layout";
import { paddedEquals, paddedLength, paddedStartsWith, setPadded, Text } from "../text";

/** Prices and greeks of an option: message 217. */
@unmanaged
export class OptionTicker {
  static readonly TEMPLATE: i32 = 217;
  /** Octets of the block, without header. */
  static readonly BLOCK_LENGTH: i32 = 264;

  /** The current record of the batch; null if it is of another template, or not whole. */
  @inline static of(batch: Batch): OptionTicker | null {
    return batch.template == 217 ? OptionTicker.at(batch.address, batch.length) : null;
  }

  /** A record of this template anywhere in memory; null if it is not whole. */
  static at(address: usize, length: u32): OptionTicker | null {
    if (!holdsBlock(address, length, 264)) return null;
    return changetype<OptionTicker>(address);
  }

  /** A new record, to be emitted: optional fields are not given, all others 0. It lasts until the next batch. */
  static create(batch: Batch): OptionTicker {
    const address = beginRecord(batch, 272, 217, 264);
    const record = changetype<OptionTicker>(address);
    record.setEventTimeNull();
    record.setSendTimeNull();
    record.setLastPriceNull();
    record.setMarkPriceNull();
    record.setBidPriceNull();
    record.setAskPriceNull();
    record.setVolumeNull();
    record.setOpenInterestNull();
    record.setUnderlyingPriceNull();
    record.setMarkIvNull();
    record.setBidIvNull();
    record.setAskIvNull();
    record.setDeltaNull();
    record.setGammaNull();
    record.setThetaNull();
    record.setVegaNull();
    record.setRhoNull();
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
  /** venue's name of what the greeks refer to: up to 32 octets of UTF-8 */
  @inline get underlyingAddress(): usize {
    return changetype<usize>(this) + 80;
  }
  @inline get underlyingLength(): i32 {
    return paddedLength(changetype<usize>(this) + 80, 32);
  }
  @inline underlyingEquals(text: Text): bool {
    return paddedEquals(changetype<usize>(this) + 80, 32, text);
  }
  @inline underlyingStartsWith(text: Text): bool {
    return paddedStartsWith(changetype<usize>(this) + 80, 32, text);
  }
  /** A new string, for logs; comparing octets is far faster. */
  underlyingText(): string {
    return String.UTF8.decodeUnsafe(changetype<usize>(this) + 80, this.underlyingLength);
  }
  /** Writes a text; false, and nothing written, if it has more than 32 octets. */
  setUnderlying(text: Text): bool {
    return setPadded(changetype<usize>(this) + 80, 32, text);
  }
  /** expiry */
  @inline get expiryTime(): i64 {
    return load<i64>(changetype<usize>(this), 112);
  }
  @inline set expiryTime(value: i64) {
    store<i64>(changetype<usize>(this), value, 112);
  }
  /** strike price */
  @inline get strike(): i64 {
    return load<i64>(changetype<usize>(this), 120);
  }
  @inline set strike(value: i64) {
    store<i64>(changetype<usize>(this), value, 120);
  }
  /** Below 0, 0 or above 0 as strike is less than, equal to or greater than a decimal, exactly. */
  @inline compareStrike(other: Decimal): i32 {
    return compareDecimals(this.strike, this.priceScale, other.mantissa, other.scale);
  }
  /** price of the last trade; null if there was none */
  @inline get lastPrice(): i64 {
    return load<i64>(changetype<usize>(this), 128);
  }
  @inline set lastPrice(value: i64) {
    store<i64>(changetype<usize>(this), value, 128);
  }
  /** Whether lastPrice is given. */
  @inline get hasLastPrice(): bool {
    return this.lastPrice != i64.MIN_VALUE;
  }
  /** Says that lastPrice is not given. */
  @inline setLastPriceNull(): void {
    this.lastPrice = i64.MIN_VALUE;
  }
  /** Below 0, 0 or above 0 as lastPrice is less than, equal to or greater than a decimal, exactly. One that is not given is below all. */
  @inline compareLastPrice(other: Decimal): i32 {
    return this.hasLastPrice ? compareDecimals(this.lastPrice, this.priceScale, other.mantissa, other.scale) : -1;
  }
  /** mark price; null if the venue gives none */
  @inline get markPrice(): i64 {
    return load<i64>(changetype<usize>(this), 136);
  }
  @inline set markPrice(value: i64) {
    store<i64>(changetype<usize>(this), value, 136);
  }
  /** Whether markPrice is given. */
  @inline get hasMarkPrice(): bool {
    return this.markPrice != i64.MIN_VALUE;
  }
  /** Says that markPrice is not given. */
  @inline setMarkPriceNull(): void {
    this.markPrice = i64.MIN_VALUE;
  }
  /** Below 0, 0 or above 0 as markPrice is less than, equal to or greater than a decimal, exactly. One that is not given is below all. */
  @inline compareMarkPrice(other: Decimal): i32 {
    return this.hasMarkPrice ? compareDecimals(this.markPrice, this.priceScale, other.mantissa, other.scale) : -1;
  }
  /** best bid; null where there are no bids */
  @inline get bidPrice(): i64 {
    return load<i64>(changetype<usize>(this), 144);
  }
  @inline set bidPrice(value: i64) {
    store<i64>(changetype<usize>(this), value, 144);
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
    return load<i64>(changetype<usize>(this), 152);
  }
  @inline set bidQuantity(value: i64) {
    store<i64>(changetype<usize>(this), value, 152);
  }
  /** Below 0, 0 or above 0 as bidQuantity is less than, equal to or greater than a decimal, exactly. */
  @inline compareBidQuantity(other: Decimal): i32 {
    return compareDecimals(this.bidQuantity, this.quantityScale, other.mantissa, other.scale);
  }
  /** best ask; null where there are no asks */
  @inline get askPrice(): i64 {
    return load<i64>(changetype<usize>(this), 160);
  }
  @inline set askPrice(value: i64) {
    store<i64>(changetype<usize>(this), value, 160);
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
    return load<i64>(changetype<usize>(this), 168);
  }
  @inline set askQuantity(value: i64) {
    store<i64>(changetype<usize>(this), value, 168);
  }
  /** Below 0, 0 or above 0 as askQuantity is less than, equal to or greater than a decimal, exactly. */
  @inline compareAskQuantity(other: Decimal): i32 {
    return compareDecimals(this.askQuantity, this.quantityScale, other.mantissa, other.scale);
  }
  /** quantity traded in 24 hours; null if the venue gives none */
  @inline get volume(): i64 {
    return load<i64>(changetype<usize>(this), 176);
  }
  @inline set volume(value: i64) {
    store<i64>(changetype<usize>(this), value, 176);
  }
  /** Whether volume is given. */
  @inline get hasVolume(): bool {
    return this.volume != i64.MIN_VALUE;
  }
  /** Says that volume is not given. */
  @inline setVolumeNull(): void {
    this.volume = i64.MIN_VALUE;
  }
  /** Below 0, 0 or above 0 as volume is less than, equal to or greater than a decimal, exactly. One that is not given is below all. */
  @inline compareVolume(other: Decimal): i32 {
    return this.hasVolume ? compareDecimals(this.volume, this.quantityScale, other.mantissa, other.scale) : -1;
  }
  /** open contracts or amount, as quantities of the instrument; null if the venue gives none */
  @inline get openInterest(): i64 {
    return load<i64>(changetype<usize>(this), 184);
  }
  @inline set openInterest(value: i64) {
    store<i64>(changetype<usize>(this), value, 184);
  }
  /** Whether openInterest is given. */
  @inline get hasOpenInterest(): bool {
    return this.openInterest != i64.MIN_VALUE;
  }
  /** Says that openInterest is not given. */
  @inline setOpenInterestNull(): void {
    this.openInterest = i64.MIN_VALUE;
  }
  /** Below 0, 0 or above 0 as openInterest is less than, equal to or greater than a decimal, exactly. One that is not given is below all. */
  @inline compareOpenInterest(other: Decimal): i32 {
    return this.hasOpenInterest ? compareDecimals(this.openInterest, this.quantityScale, other.mantissa, other.scale) : -1;
  }
  /** price of the underlying; null if the venue gives none */
  @inline get underlyingPrice(): i64 {
    return load<i64>(changetype<usize>(this), 192);
  }
  @inline set underlyingPrice(value: i64) {
    store<i64>(changetype<usize>(this), value, 192);
  }
  /** Whether underlyingPrice is given. */
  @inline get hasUnderlyingPrice(): bool {
    return this.underlyingPrice != i64.MIN_VALUE;
  }
  /** Says that underlyingPrice is not given. */
  @inline setUnderlyingPriceNull(): void {
    this.underlyingPrice = i64.MIN_VALUE;
  }
  /** Below 0, 0 or above 0 as underlyingPrice is less than, equal to or greater than a decimal, exactly. One that is not given is below all. */
  @inline compareUnderlyingPrice(other: Decimal): i32 {
    return this.hasUnderlyingPrice ? compareDecimals(this.underlyingPrice, this.priceScale, other.mantissa, other.scale) : -1;
  }
  /** implied volatility of the mark price, percent per year */
  @inline get markIv(): f64 {
    return load<f64>(changetype<usize>(this), 200);
  }
  @inline set markIv(value: f64) {
    store<f64>(changetype<usize>(this), value, 200);
  }
  /** Whether markIv is given. */
  @inline get hasMarkIv(): bool {
    return !isNaN<f64>(this.markIv);
  }
  /** Says that markIv is not given. */
  @inline setMarkIvNull(): void {
    this.markIv = NaN;
  }
  /** implied volatility of the best bid, percent per year */
  @inline get bidIv(): f64 {
    return load<f64>(changetype<usize>(this), 208);
  }
  @inline set bidIv(value: f64) {
    store<f64>(changetype<usize>(this), value, 208);
  }
  /** Whether bidIv is given. */
  @inline get hasBidIv(): bool {
    return !isNaN<f64>(this.bidIv);
  }
  /** Says that bidIv is not given. */
  @inline setBidIvNull(): void {
    this.bidIv = NaN;
  }
  /** implied volatility of the best ask, percent per year */
  @inline get askIv(): f64 {
    return load<f64>(changetype<usize>(this), 216);
  }
  @inline set askIv(value: f64) {
    store<f64>(changetype<usize>(this), value, 216);
  }
  /** Whether askIv is given. */
  @inline get hasAskIv(): bool {
    return !isNaN<f64>(this.askIv);
  }
  /** Says that askIv is not given. */
  @inline setAskIvNull(): void {
    this.askIv = NaN;
  }
  /** change of the price per unit of the underlying */
  @inline get delta(): f64 {
    return load<f64>(changetype<usize>(this), 224);
  }
  @inline set delta(value: f64) {
    store<f64>(changetype<usize>(this), value, 224);
  }
  /** Whether delta is given. */
  @inline get hasDelta(): bool {
    return !isNaN<f64>(this.delta);
  }
  /** Says that delta is not given. */
  @inline setDeltaNull(): void {
    this.delta = NaN;
  }
  /** change of delta per unit of the underlying */
  @inline get gamma(): f64 {
    return load<f64>(changetype<usize>(this), 232);
  }
  @inline set gamma(value: f64) {
    store<f64>(changetype<usize>(this), value, 232);
  }
  /** Whether gamma is given. */
  @inline get hasGamma(): bool {
    return !isNaN<f64>(this.gamma);
  }
  /** Says that gamma is not given. */
  @inline setGammaNull(): void {
    this.gamma = NaN;
  }
  /** change of the price per day */
  @inline get theta(): f64 {
    return load<f64>(changetype<usize>(this), 240);
  }
  @inline set theta(value: f64) {
    store<f64>(changetype<usize>(this), value, 240);
  }
  /** Whether theta is given. */
  @inline get hasTheta(): bool {
    return !isNaN<f64>(this.theta);
  }
  /** Says that theta is not given. */
  @inline setThetaNull(): void {
    this.theta = NaN;
  }
  /** change of the price per percent of implied volatility */
  @inline get vega(): f64 {
    return load<f64>(changetype<usize>(this), 248);
  }
  @inline set vega(value: f64) {
    store<f64>(changetype<usize>(this), value, 248);
  }
  /** Whether vega is given. */
  @inline get hasVega(): bool {
    return !isNaN<f64>(this.vega);
  }
  /** Says that vega is not given. */
  @inline setVegaNull(): void {
    this.vega = NaN;
  }
  /** change of the price per percent of the interest rate */
  @inline get rho(): f64 {
    return load<f64>(changetype<usize>(this), 256);
  }
  @inline set rho(value: f64) {
    store<f64>(changetype<usize>(this), value, 256);
  }
  /** Whether rho is given. */
  @inline get hasRho(): bool {
    return !isNaN<f64>(this.rho);
  }
  /** Says that rho is not given. */
  @inline setRhoNull(): void {
    this.rho = NaN;
  }
  /** call or put: a number of OptionType */
  @inline get optionType(): i32 {
    return load<u8>(changetype<usize>(this), 264);
  }
  @inline set optionType(value: i32) {
    store<u8>(changetype<usize>(this), <u8>value, 264);
  }
}
