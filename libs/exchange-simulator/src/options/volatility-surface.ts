export interface SurfaceShape {
  /** Volatility at the money, 0.6 for 60 % a year. */
  readonly level: number;
  /** Correlation of price and volatility, between -1 and 1: below 0, low strikes have the higher volatilities. */
  readonly skew: number;
  /** How much the volatility rises away from the money. */
  readonly curvature: number;
}

/**
 * Implied volatilities of all strikes and expiries: the surface SSVI of J. Gatheral and A. Jacquier, "Arbitrage-free SVI
 * volatility surfaces", 2014, with the function `φ(θ) = η / √(θ (1 + θ))`. Where `η (1 + |ρ|) ≤ 2` it has neither
 * butterfly nor calendar arbitrage, at any strike.
 */
export class VolatilitySurface {
  readonly #shape: SurfaceShape;

  /** Throws `RangeError` for a shape with arbitrage. */
  constructor(shape: SurfaceShape) {
    const { curvature, level, skew } = shape;
    if (!(level > 0) || !(Math.abs(skew) < 1) || !(curvature > 0) || curvature * (1 + Math.abs(skew)) > 2)
      throw new RangeError(`a surface of ${JSON.stringify(shape)} is not free of arbitrage`);
    this.#shape = shape;
  }

  /**
   * The volatility for a year.
   *
   * @param moneyness strike by forward
   * @param years to the expiry, above 0
   * @param scale of the whole surface, the same for all expiries of one moment
   */
  volatility(moneyness: number, years: number, scale = 1): number {
    return Math.sqrt(this.totalVariance(Math.log(moneyness), years, scale) / years);
  }

  /** Variance up to the expiry. @param logMoneyness logarithm of strike by forward */
  totalVariance(logMoneyness: number, years: number, scale = 1): number {
    const { curvature, level, skew } = this.#shape;
    const atTheMoney = (level * scale) ** 2 * years;
    const steepness = (curvature / Math.sqrt(atTheMoney * (1 + atTheMoney))) * logMoneyness;
    return (atTheMoney / 2) * (1 + skew * steepness + Math.sqrt((steepness + skew) ** 2 + 1 - skew * skew));
  }
}
