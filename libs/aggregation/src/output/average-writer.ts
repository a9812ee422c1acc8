import { AverageMethod, AverageState, RecordFlags } from "@ims/common";
import { v2 } from "@ims/sbe";
import type { RecordOutput } from "@ims/traits";
import { divideHalfEven, fitDecimal, INT64_MAX, powerOfTen, roundHalfEven } from "../numbers/half-even.js";
import { readBig, toBigInt } from "../numbers/limbs.js";
import type { AveragePlan, HalfLife } from "../plan/average-plan.js";
import type { SymbolSeries } from "../symbols/symbol-series.js";
import type { WindowReader, WindowSeries } from "../windows/window-series.js";
import { Slot, squaredReturn } from "../windows/window-slots.js";

type Encoder = v2.AverageEncoder;

/** Writes windows as Average (231); what each field is: docs/formats/averages.md. */
export class AverageWriter implements WindowReader {
  /** The record that all of this comes from. */
  receiveMicros = 0;
  publishMicros = 0;
  symbol: SymbolSeries | undefined;
  output: RecordOutput | undefined;
  /** Messages written since it was set to 0. */
  count = 0;
  private readonly encoder = new v2.AverageEncoder();

  constructor(private readonly plan: AveragePlan) {}

  /** Messages that one closed window makes at most. */
  get perWindow(): number {
    return 1 + this.plan.halfLives.length;
  }

  window(series: WindowSeries, slots: Float64Array, isRevision: boolean): void {
    const start = slots[Slot.START]!;
    const end = start + series.lengthMicros;
    const hasTrades = slots[Slot.COUNT]! > 0;
    const state = isRevision ? AverageState.Revised : hasTrades ? AverageState.Closed : AverageState.Empty;
    this.message(series, start, end, slots, state, AverageMethod.Simple, undefined);
    // What runs on stands at the end of the newest closed window: a revision of an older one is no moment of it.
    if (end === series.closedUntil) this.exponential(series, start, end, slots, state);
  }

  empty(series: WindowSeries, startMicros: number, endMicros: number): void {
    this.message(
      series,
      startMicros,
      endMicros,
      undefined,
      AverageState.Empty,
      AverageMethod.Simple,
      undefined,
    );
    this.exponential(series, startMicros, endMicros, undefined, AverageState.Empty);
    series.lateCount = 0;
  }

  private exponential(
    series: WindowSeries,
    start: number,
    end: number,
    slots: Float64Array | undefined,
    state: AverageState,
  ): void {
    const { lives } = series.halfLives;
    for (const [index, life] of lives.entries()) {
      const weight = series.totals[index * 2 + 1]!;
      if (weight === 0) continue;
      const method =
        life.kind === "count" ? AverageMethod.ExponentialByCount : AverageMethod.ExponentialByTime;
      this.message(series, start, end, slots, state, method, life, series.totals[index * 2]! / weight);
    }
  }

  private message(
    series: WindowSeries,
    start: number,
    end: number,
    slots: Float64Array | undefined,
    state: AverageState,
    method: AverageMethod,
    life: HalfLife | undefined,
    average = 0,
  ): void {
    const { output, symbol } = this;
    if (!output || !symbol) return;
    const at = output.reserve(v2.AverageEncoder.ENCODED_LENGTH);
    const encoder = this.encoder.wrapAndApplyHeader(output.view, at);
    const hasTrades = slots !== undefined && slots[Slot.COUNT]! > 0;
    if (hasTrades) encoder.eventTimeNumber(slots[Slot.LAST_TIME]!);
    else encoder.eventTimeNull();
    encoder
      .sendTimeNull()
      .receiveTimeNumber(this.receiveMicros)
      .publishTimeNumber(this.publishMicros)
      .instrumentId(symbol.instrumentId)
      .exchangeId(symbol.exchangeId)
      .quantityScale(symbol.quantityScale)
      .flags(slots?.[Slot.LATE] === 1 ? RecordFlags.Late : 0)
      .symbolBytes(symbol.name, 0, symbol.name.length)
      .windowStartNumber(start)
      .windowEndNumber(end)
      .tradeCount(slots?.[Slot.COUNT] ?? 0)
      .excludedCount(slots?.[Slot.EXCLUDED] ?? 0)
      .lateCount(Math.min(series.lateCount, 0xffffffff))
      .method(method)
      .state(state);
    if (life?.kind === "count") encoder.nominalDurationNull().nominalCount(life.trades);
    else encoder.nominalDurationNumber(life?.micros ?? series.lengthMicros).nominalCountNull();
    const highest = Math.max(
      average,
      hasTrades ? slots[Slot.HIGH_LO]! + slots[Slot.HIGH_LO + 1]! * 2 ** 52 : 0,
    );
    const digits = this.digitsFor(symbol.priceScale, highest, slots);
    encoder.priceScale(symbol.priceScale + digits);
    if (hasTrades) writeWindow(encoder, symbol, slots, end, digits);
    else writeNothing(encoder);
    if (life) {
      const value = BigInt(roundHalfEven(average * Number(powerOfTen(digits))));
      encoder.value(value < INT64_MAX ? value : INT64_MAX);
    } else if (hasTrades) {
      encoder.value(
        divideHalfEven(readBig(slots, Slot.PRICES_LO, 2) * powerOfTen(digits), BigInt(slots[Slot.COUNT]!)),
      );
    }
    output.commit(v2.AverageEncoder.ENCODED_LENGTH);
    this.count++;
  }

  /** As many digits beyond the prices' as the plan wants and the largest price of the message has room for. */
  private digitsFor(priceScale: number, highest: number, slots: Float64Array | undefined): number {
    const carry = slots ? slots[Slot.CARRY_LO]! + slots[Slot.CARRY_LO + 1]! * 2 ** 52 : 0;
    const largest = BigInt(Math.ceil(Math.max(highest, carry))) + 1024n;
    let digits = Math.min(this.plan.extraDigits, 18 - priceScale);
    while (digits > 0 && largest * powerOfTen(digits) > INT64_MAX) digits--;
    return digits;
  }
}

function writeWindow(
  encoder: Encoder,
  symbol: SymbolSeries,
  slots: Float64Array,
  end: number,
  digits: number,
): void {
  const factor = powerOfTen(digits);
  const price = (at: number) => readBig(slots, at, 2) * factor;
  const volume = readBig(slots, Slot.VOLUME_LO, 2);
  const amount = readBig(slots, Slot.AMOUNT_SUM, 3);
  encoder
    .open(price(Slot.OPEN_LO))
    .high(price(Slot.HIGH_LO))
    .low(price(Slot.LOW_LO))
    .close(price(Slot.CLOSE_LO))
    .volume(volume)
    .takerVolume(readBig(slots, Slot.BUY_LO, 2))
    .sellVolume(readBig(slots, Slot.SELL_LO, 2))
    .vwap(divideHalfEven(amount * factor, volume))
    .twap(timeWeighted(slots, end, factor));
  const quote = fitDecimal(amount, symbol.priceScale + symbol.quantityScale);
  if (quote) encoder.quoteVolume(quote.mantissa).quoteScale(quote.scale);
  else encoder.quoteVolumeNull();
  const volatility = realisedVolatility(slots);
  if (volatility === undefined) encoder.realisedVolatilityNull();
  else encoder.realisedVolatility(volatility);
}

function writeNothing(encoder: Encoder): void {
  encoder.openNull().highNull().lowNull().closeNull().valueNull().vwapNull().twapNull();
  encoder.volume(0n).takerVolume(0n).sellVolume(0n).quoteVolume(0n).realisedVolatilityNull();
}

/** Each price counts until the next; before the first trade the last price of the windows before, if there is one. */
function timeWeighted(slots: Float64Array, end: number, factor: bigint): bigint {
  const start = slots[Slot.START]!;
  const carry = toBigInt(slots[Slot.CARRY_LO]!, slots[Slot.CARRY_LO + 1]!);
  const before = BigInt(slots[Slot.FIRST_TIME]! - start);
  const close = readBig(slots, Slot.CLOSE_LO, 2);
  let sum = readBig(slots, Slot.TIME_SUM, 3) + close * BigInt(end - slots[Slot.LAST_TIME]!);
  let micros = BigInt(end - start);
  if (carry > 0n) sum += carry * before;
  else micros -= before;
  return divideHalfEven(sum * factor, micros);
}

function realisedVolatility(slots: Float64Array): number | undefined {
  const carry = slots[Slot.CARRY_LO]! + slots[Slot.CARRY_LO + 1]! * 2 ** 52;
  if (carry === 0) return slots[Slot.RETURNS] === 0 ? undefined : Math.sqrt(slots[Slot.SQUARES]!);
  const open = slots[Slot.OPEN_LO]! + slots[Slot.OPEN_LO + 1]! * 2 ** 52;
  return Math.sqrt(slots[Slot.SQUARES]! + squaredReturn(carry, open));
}
