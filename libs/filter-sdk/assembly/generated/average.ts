// Made by `npm run generate -w @ims/filter-sdk` from the schema; do not edit.
import { Batch } from "../batch";
import { compareDecimals, Decimal } from "../decimal";
import { beginRecord, holdsBlock } from "../layout";
import { paddedEquals, paddedLength, paddedStartsWith, setPadded, Text } from "../text";

/** Averages of the trades of a window: message 231. */
@unmanaged
export class Average {
  static readonly TEMPLATE: i32 = 231;
  /** Octets of the block, without header. */
  static readonly BLOCK_LENGTH: i32 = 216;

  /** The current record of the batch; null if it is of another template, or not whole. */
  @inline static of(batch: Batch): Average | null {
    return batch.template == 231 ? Average.at(batch.address, batch.length) : null;
  }

  /** A record of this template anywhere in memory; null if it is not whole. */
  static at(address: usize, length: u32): Average | null {
    if (!holdsBlock(address, length, 216)) return null;
    return changetype<Average>(address);
  }

  /** A new record, to be emitted: optional fields are not given, all others 0. It lasts until the next batch. */
  static create(batch: Batch): Average {
    const address = beginRecord(batch, 224, 231, 216);
    const record = changetype<Average>(address);
    record.setEventTimeNull();
    record.setSendTimeNull();
    record.setNominalDurationNull();
    record.setValueNull();
    record.setVwapNull();
    record.setTwapNull();
    record.setQuoteVolumeNull();
    record.setNominalCountNull();
    record.setOpenNull();
    record.setHighNull();
    record.setLowNull();
    record.setCloseNull();
    record.setRealisedVolatilityNull();
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
  /** start of the window */
  @inline get windowStart(): i64 {
    return load<i64>(changetype<usize>(this), 80);
  }
  @inline set windowStart(value: i64) {
    store<i64>(changetype<usize>(this), value, 80);
  }
  /** end of the window, not part of it */
  @inline get windowEnd(): i64 {
    return load<i64>(changetype<usize>(this), 88);
  }
  @inline set windowEnd(value: i64) {
    store<i64>(changetype<usize>(this), value, 88);
  }
  /** nominal length or half-life; null where it is a number of trades */
  @inline get nominalDuration(): i64 {
    return load<i64>(changetype<usize>(this), 96);
  }
  @inline set nominalDuration(value: i64) {
    store<i64>(changetype<usize>(this), value, 96);
  }
  /** Whether nominalDuration is given. */
  @inline get hasNominalDuration(): bool {
    return this.nominalDuration != i64.MIN_VALUE;
  }
  /** Says that nominalDuration is not given. */
  @inline setNominalDurationNull(): void {
    this.nominalDuration = i64.MIN_VALUE;
  }
  /** the average that method names; null if there was no trade */
  @inline get value(): i64 {
    return load<i64>(changetype<usize>(this), 104);
  }
  @inline set value(value: i64) {
    store<i64>(changetype<usize>(this), value, 104);
  }
  /** Whether value is given. */
  @inline get hasValue(): bool {
    return this.value != i64.MIN_VALUE;
  }
  /** Says that value is not given. */
  @inline setValueNull(): void {
    this.value = i64.MIN_VALUE;
  }
  /** Below 0, 0 or above 0 as value is less than, equal to or greater than a decimal, exactly. One that is not given is below all. */
  @inline compareValue(other: Decimal): i32 {
    return this.hasValue ? compareDecimals(this.value, this.priceScale, other.mantissa, other.scale) : -1;
  }
  /** average price by volume; null if there was no trade */
  @inline get vwap(): i64 {
    return load<i64>(changetype<usize>(this), 112);
  }
  @inline set vwap(value: i64) {
    store<i64>(changetype<usize>(this), value, 112);
  }
  /** Whether vwap is given. */
  @inline get hasVwap(): bool {
    return this.vwap != i64.MIN_VALUE;
  }
  /** Says that vwap is not given. */
  @inline setVwapNull(): void {
    this.vwap = i64.MIN_VALUE;
  }
  /** Below 0, 0 or above 0 as vwap is less than, equal to or greater than a decimal, exactly. One that is not given is below all. */
  @inline compareVwap(other: Decimal): i32 {
    return this.hasVwap ? compareDecimals(this.vwap, this.priceScale, other.mantissa, other.scale) : -1;
  }
  /** average price by time; null if there was no trade */
  @inline get twap(): i64 {
    return load<i64>(changetype<usize>(this), 120);
  }
  @inline set twap(value: i64) {
    store<i64>(changetype<usize>(this), value, 120);
  }
  /** Whether twap is given. */
  @inline get hasTwap(): bool {
    return this.twap != i64.MIN_VALUE;
  }
  /** Says that twap is not given. */
  @inline setTwapNull(): void {
    this.twap = i64.MIN_VALUE;
  }
  /** Below 0, 0 or above 0 as twap is less than, equal to or greater than a decimal, exactly. One that is not given is below all. */
  @inline compareTwap(other: Decimal): i32 {
    return this.hasTwap ? compareDecimals(this.twap, this.priceScale, other.mantissa, other.scale) : -1;
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
  /** sum of price times quantity, at quoteScale: as many digits as fit, exact where all do, else rounded half even; null if none does */
  @inline get quoteVolume(): i64 {
    return load<i64>(changetype<usize>(this), 136);
  }
  @inline set quoteVolume(value: i64) {
    store<i64>(changetype<usize>(this), value, 136);
  }
  /** Whether quoteVolume is given. */
  @inline get hasQuoteVolume(): bool {
    return this.quoteVolume != i64.MIN_VALUE;
  }
  /** Says that quoteVolume is not given. */
  @inline setQuoteVolumeNull(): void {
    this.quoteVolume = i64.MIN_VALUE;
  }
  /** Below 0, 0 or above 0 as quoteVolume is less than, equal to or greater than a decimal, exactly. One that is not given is below all. */
  @inline compareQuoteVolume(other: Decimal): i32 {
    return this.hasQuoteVolume ? compareDecimals(this.quoteVolume, this.quoteScale, other.mantissa, other.scale) : -1;
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
  /** nominal number or half-life of trades; null where the window is a time */
  @inline get nominalCount(): u32 {
    return load<u32>(changetype<usize>(this), 152);
  }
  @inline set nominalCount(value: u32) {
    store<u32>(changetype<usize>(this), value, 152);
  }
  /** Whether nominalCount is given. */
  @inline get hasNominalCount(): bool {
    return this.nominalCount != u32.MAX_VALUE;
  }
  /** Says that nominalCount is not given. */
  @inline setNominalCountNull(): void {
    this.nominalCount = u32.MAX_VALUE;
  }
  /** trades in it */
  @inline get tradeCount(): u32 {
    return load<u32>(changetype<usize>(this), 156);
  }
  @inline set tradeCount(value: u32) {
    store<u32>(changetype<usize>(this), value, 156);
  }
  /** trades left out: prints away from the market */
  @inline get excludedCount(): u32 {
    return load<u32>(changetype<usize>(this), 160);
  }
  @inline set excludedCount(value: u32) {
    store<u32>(changetype<usize>(this), value, 160);
  }
  /** what value is: a number of AverageMethod */
  @inline get method(): i32 {
    return load<u8>(changetype<usize>(this), 164);
  }
  @inline set method(value: i32) {
    store<u8>(changetype<usize>(this), <u8>value, 164);
  }
  /** whether it may still change: a number of AverageState */
  @inline get state(): i32 {
    return load<u8>(changetype<usize>(this), 165);
  }
  @inline set state(value: i32) {
    store<u8>(changetype<usize>(this), <u8>value, 165);
  }
  /** digits after the point of quoteVolume */
  @inline get quoteScale(): u8 {
    return load<u8>(changetype<usize>(this), 166);
  }
  @inline set quoteScale(value: u8) {
    store<u8>(changetype<usize>(this), value, 166);
  }
  /** first price; null if there was no trade */
  @inline get open(): i64 {
    return load<i64>(changetype<usize>(this), 168);
  }
  @inline set open(value: i64) {
    store<i64>(changetype<usize>(this), value, 168);
  }
  /** Whether open is given. */
  @inline get hasOpen(): bool {
    return this.open != i64.MIN_VALUE;
  }
  /** Says that open is not given. */
  @inline setOpenNull(): void {
    this.open = i64.MIN_VALUE;
  }
  /** Below 0, 0 or above 0 as open is less than, equal to or greater than a decimal, exactly. One that is not given is below all. */
  @inline compareOpen(other: Decimal): i32 {
    return this.hasOpen ? compareDecimals(this.open, this.priceScale, other.mantissa, other.scale) : -1;
  }
  /** highest price; null if there was no trade */
  @inline get high(): i64 {
    return load<i64>(changetype<usize>(this), 176);
  }
  @inline set high(value: i64) {
    store<i64>(changetype<usize>(this), value, 176);
  }
  /** Whether high is given. */
  @inline get hasHigh(): bool {
    return this.high != i64.MIN_VALUE;
  }
  /** Says that high is not given. */
  @inline setHighNull(): void {
    this.high = i64.MIN_VALUE;
  }
  /** Below 0, 0 or above 0 as high is less than, equal to or greater than a decimal, exactly. One that is not given is below all. */
  @inline compareHigh(other: Decimal): i32 {
    return this.hasHigh ? compareDecimals(this.high, this.priceScale, other.mantissa, other.scale) : -1;
  }
  /** lowest price; null if there was no trade */
  @inline get low(): i64 {
    return load<i64>(changetype<usize>(this), 184);
  }
  @inline set low(value: i64) {
    store<i64>(changetype<usize>(this), value, 184);
  }
  /** Whether low is given. */
  @inline get hasLow(): bool {
    return this.low != i64.MIN_VALUE;
  }
  /** Says that low is not given. */
  @inline setLowNull(): void {
    this.low = i64.MIN_VALUE;
  }
  /** Below 0, 0 or above 0 as low is less than, equal to or greater than a decimal, exactly. One that is not given is below all. */
  @inline compareLow(other: Decimal): i32 {
    return this.hasLow ? compareDecimals(this.low, this.priceScale, other.mantissa, other.scale) : -1;
  }
  /** last price; null if there was no trade */
  @inline get close(): i64 {
    return load<i64>(changetype<usize>(this), 192);
  }
  @inline set close(value: i64) {
    store<i64>(changetype<usize>(this), value, 192);
  }
  /** Whether close is given. */
  @inline get hasClose(): bool {
    return this.close != i64.MIN_VALUE;
  }
  /** Says that close is not given. */
  @inline setCloseNull(): void {
    this.close = i64.MIN_VALUE;
  }
  /** Below 0, 0 or above 0 as close is less than, equal to or greater than a decimal, exactly. One that is not given is below all. */
  @inline compareClose(other: Decimal): i32 {
    return this.hasClose ? compareDecimals(this.close, this.priceScale, other.mantissa, other.scale) : -1;
  }
  /** quantity sold by takers; what neither names has no known taker */
  @inline get sellVolume(): i64 {
    return load<i64>(changetype<usize>(this), 200);
  }
  @inline set sellVolume(value: i64) {
    store<i64>(changetype<usize>(this), value, 200);
  }
  /** Below 0, 0 or above 0 as sellVolume is less than, equal to or greater than a decimal, exactly. */
  @inline compareSellVolume(other: Decimal): i32 {
    return compareDecimals(this.sellVolume, this.quantityScale, other.mantissa, other.scale);
  }
  /** square root of the sum of squared logarithmic returns; null if there was no return */
  @inline get realisedVolatility(): f64 {
    return load<f64>(changetype<usize>(this), 208);
  }
  @inline set realisedVolatility(value: f64) {
    store<f64>(changetype<usize>(this), value, 208);
  }
  /** Whether realisedVolatility is given. */
  @inline get hasRealisedVolatility(): bool {
    return !isNaN<f64>(this.realisedVolatility);
  }
  /** Says that realisedVolatility is not given. */
  @inline setRealisedVolatilityNull(): void {
    this.realisedVolatility = NaN;
  }
  /** trades that came when their window could not be revised any more, since the message before of these windows */
  @inline get lateCount(): u32 {
    return load<u32>(changetype<usize>(this), 216);
  }
  @inline set lateCount(value: u32) {
    store<u32>(changetype<usize>(this), value, 216);
  }
}
