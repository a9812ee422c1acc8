import { Aggressor, Decimal, TradeKind } from "@ims/common";
import type { AverageRecord } from "@ims/sbe";
import { expect } from "vitest";
import type { AveragePlan } from "../plan/average-plan.js";
import type { TradeRow } from "./trades.js";

const SCALE = 8;

interface SimpleTrade {
  readonly micros: number;
  readonly price: bigint;
  readonly quantity: bigint;
  readonly aggressor: number;
}

/** The plain way: all trades are kept, a window is worked out of those that lie in it, with bigint. */
export class SimpleAverages {
  constructor(
    private readonly plan: AveragePlan,
    private readonly trades: readonly TradeRow[],
  ) {}

  /** The last message of every window whose trades all had come by then; a window that is over has no further ones. */
  lastOfEach(averages: readonly AverageRecord[]): AverageRecord[] {
    const last = new Map<string, AverageRecord>();
    for (const average of averages) {
      if (average.method !== 1) continue;
      const { symbol, windowStartMicros, windowEndMicros } = average;
      last.set(`${symbol} ${windowStartMicros} ${windowEndMicros}`, average);
    }
    return [...last.values()].filter(({ windowStartMicros, windowEndMicros }) =>
      this.plan.windows.includes(windowEndMicros - windowStartMicros),
    );
  }

  expectSame(average: AverageRecord): void {
    const inside = this.trades.filter(
      ({ symbol, micros }) =>
        symbol === average.symbol && micros >= average.windowStartMicros && micros < average.windowEndMicros,
    );
    const trades = inside.filter(({ kind }) => kind === TradeKind.Regular).map(simpleTrade);
    expect(average.tradeCount).toBe(trades.length);
    expect(average.excludedCount).toBe(inside.length - trades.length);
    if (trades.length === 0) return;
    const sum = (values: readonly bigint[]) => values.reduce((total, value) => total + value, 0n);
    const volume = sum(trades.map(({ quantity }) => quantity));
    const amount = sum(trades.map(({ price, quantity }) => price * quantity));
    const of = (side: number) =>
      sum(trades.filter(({ aggressor }) => aggressor === side).map((t) => t.quantity));
    expect(units(average.volume)).toBe(volume);
    expect(units(average.takerVolume)).toBe(of(Aggressor.Buyer));
    expect(units(average.sellVolume)).toBe(of(Aggressor.Seller));
    const prices = trades.map(({ price }) => price);
    expect(units(average.high!)).toBe(prices.reduce((left, right) => (left > right ? left : right)));
    expect(units(average.low!)).toBe(prices.reduce((left, right) => (left < right ? left : right)));
    const first = trades.reduce((left, right) => (right.micros < left.micros ? right : left));
    const final = trades.reduce((left, right) => (right.micros >= left.micros ? right : left));
    expect(units(average.open!)).toBe(first.price);
    expect(units(average.close!)).toBe(final.price);
    expectRounded(average.value!, sum(prices), BigInt(prices.length));
    expectRounded(average.vwap!, amount, volume);
    const { mantissa, scale } = average.quoteVolume!;
    expect(mantissa * 10n ** BigInt(2 * SCALE - scale)).toBe(amount);
  }
}

/** At most half of the last digit away, and even where it is exactly half. */
function expectRounded(value: Decimal, numerator: bigint, denominator: bigint): void {
  // value.mantissa / 10^scale against numerator / denominator / 10^SCALE, in units of the message's last digit.
  const digits = Math.max(value.scale, SCALE);
  const exact = numerator * 10n ** BigInt(digits - SCALE);
  const given = value.mantissa * 10n ** BigInt(digits - value.scale) * denominator;
  const away = given > exact ? given - exact : exact - given;
  const step = denominator * 10n ** BigInt(digits - value.scale);
  expect(away * 2n <= step).toBe(true);
  if (away * 2n === step) expect(value.mantissa % 2n).toBe(0n);
}

function simpleTrade(row: TradeRow): SimpleTrade {
  const price = row.price * 10n ** BigInt(SCALE - (row.priceScale ?? 2));
  const quantity = row.quantity * 10n ** BigInt(SCALE - (row.quantityScale ?? 3));
  return { micros: row.micros, price, quantity, aggressor: row.aggressor ?? Aggressor.Buyer };
}

/** The value in units of 10^-SCALE, with which every value of the tests is whole. */
function units(value: Decimal): bigint {
  const power = SCALE - value.scale;
  return power >= 0 ? value.mantissa * 10n ** BigInt(power) : value.mantissa / 10n ** BigInt(-power);
}
