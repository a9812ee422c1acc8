import { Aggressor, TradeKind } from "@ims/common";
import type { TradeRow } from "./trades.js";

/** Park and Miller's generator: the same numbers everywhere. @returns numbers from 0, below 1 */
export function seededRandom(seed: number): () => number {
  let state = (seed % 2147483646) + 1;
  return () => {
    state = (state * 48271) % 2147483647;
    return (state - 1) / 2147483646;
  };
}

export interface RandomTradesOptions {
  readonly seed: number;
  readonly count: number;
  readonly symbols: readonly string[];
  readonly startMicros?: number;
  /** Largest step between two trades. */
  readonly stepMicros?: number;
  /** How far event times fall back at most. */
  readonly backMicros?: number;
  /** Share of prints that are not regular. */
  readonly irregular?: number;
  /** Whether scales change on the way. */
  readonly scales?: boolean;
}

/** A random walk with bursts, silences and every side. */
export function randomTrades(options: RandomTradesOptions): TradeRow[] {
  const {
    seed,
    count,
    symbols,
    stepMicros = 400_000,
    backMicros = 0,
    irregular = 0,
    scales = false,
  } = options;
  const random = seededRandom(seed);
  const below = (end: number) => Math.floor(random() * end);
  const prices = symbols.map(() => 100_000 + below(9_000_000));
  let micros = options.startMicros ?? 1_700_000_000_000_000;
  return Array.from({ length: count }, () => {
    const index = below(symbols.length);
    // One step of twenty is a silence of several windows.
    micros += random() < 0.05 ? below(stepMicros * 10) : below(stepMicros);
    prices[index] = Math.max(1, prices[index]! + below(2001) - 1000);
    const priceScale = scales && random() < 0.1 ? 4 : 2;
    return {
      symbol: symbols[index]!,
      micros: micros - (random() < 0.2 ? below(backMicros + 1) : 0),
      receiveMicros: micros + 1000,
      price:
        BigInt(prices[index]!) * (priceScale === 4 ? 100n : 1n) +
        (priceScale === 4 ? BigInt(below(100)) : 0n),
      priceScale,
      quantity: BigInt(1 + below(5_000_000)),
      quantityScale: 5,
      aggressor: [Aggressor.Buyer, Aggressor.Seller, Aggressor.Unknown][below(3)]!,
      kind: random() < irregular ? TradeKind.Block : TradeKind.Regular,
    };
  });
}
