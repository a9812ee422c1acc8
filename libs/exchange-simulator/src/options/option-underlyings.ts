import type { SurfaceShape } from "./volatility-surface.js";

/** What options are on, and how they are listed. */
export interface OptionUnderlying {
  /** `BTC`, or `SOL_USDC` where prices are in a dollar coin. */
  readonly name: string;
  readonly base: string;
  /**
   * Inverse options are priced in coins: the dollars of the model by the forward. Linear ones are priced in USDC, taken
   * for dollars.
   */
  readonly isInverse: boolean;
  /** Dollars around which the index moves, and how far, as a share of it. */
  readonly level: number;
  readonly swing: number;
  /** Digits after the point of index and forwards. */
  readonly dollarScale: number;
  /** Strikes from the lowest to the highest, whole dollars. */
  readonly strikes: { readonly lowest: number; readonly highest: number; readonly step: number };
  /** The forward grows by it in a year: `index × e^(carry × years)`. */
  readonly carry: number;
  readonly surface: SurfaceShape;
  /** Bids, asks and trades of options have so many digits after the point, mark prices more. */
  readonly tickScale: number;
  readonly markScale: number;
  /** Least amount of an option: `10^-lotScale` coins. */
  readonly lotScale: number;
}

/** A coin near 92 dollars, so that a strike of 85 is within its listing. */
const SOL_USDC: OptionUnderlying = {
  name: "SOL_USDC",
  base: "SOL",
  isInverse: false,
  level: 92,
  swing: 0.08,
  dollarScale: 4,
  strikes: { lowest: 60, highest: 125, step: 5 },
  carry: 0.03,
  surface: { level: 0.74, skew: -0.15, curvature: 0.9 },
  tickScale: 2,
  markScale: 4,
  lotScale: 0,
};

const BTC: OptionUnderlying = {
  name: "BTC",
  base: "BTC",
  isInverse: true,
  level: 84_000,
  swing: 0.05,
  dollarScale: 2,
  strikes: { lowest: 60_000, highest: 110_000, step: 5000 },
  carry: 0.045,
  surface: { level: 0.48, skew: -0.25, curvature: 0.8 },
  tickScale: 4,
  markScale: 6,
  lotScale: 1,
};

export const OPTION_UNDERLYINGS: readonly OptionUnderlying[] = [SOL_USDC, BTC];
