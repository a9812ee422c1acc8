import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { blackScholes } from "./black-scholes.js";
import { OPTION_UNDERLYINGS } from "./option-underlyings.js";
import { VolatilitySurface } from "./volatility-surface.js";

const FORWARD = 100;
const surfaces = OPTION_UNDERLYINGS.map(
  ({ name, surface }) => [name, new VolatilitySurface(surface)] as const,
);

/** Undiscounted call on a forward of 100. */
function call(surface: VolatilitySurface, strike: number, years: number): number {
  const volatility = surface.volatility(strike / FORWARD, years);
  return blackScholes({ isCall: true, spot: FORWARD, strike, years, rate: 0, volatility }).price;
}

describe.each(surfaces)("the volatility surface of %s", (_name, surface) => {
  const years = fc.double({ min: 0.003, max: 1, noNaN: true });

  it("smiles: volatility rises on both sides, more towards low strikes", () => {
    const [low, middle, high] = [0.7, 1, 1.4].map((moneyness) => surface.volatility(moneyness, 0.1));
    expect(low).toBeGreaterThan(middle!);
    expect(high).toBeGreaterThan(middle!);
    expect(surface.volatility(1 / 1.4, 0.1)).toBeGreaterThan(high!);
  });

  it("leaves no butterfly: calls fall with the strike, and less and less, by at most the difference of strikes", () => {
    fc.assert(
      fc.property(fc.double({ min: 0.6, max: 1.6, noNaN: true }), years, (moneyness, time) => {
        const [strike, step] = [FORWARD * moneyness, 0.5];
        const prices = [strike - step, strike, strike + step].map((each) => call(surface, each, time));
        const [before, at, after] = prices as [number, number, number];
        expect(before - at).toBeGreaterThanOrEqual(-1e-9);
        expect(before - at).toBeLessThanOrEqual(step + 1e-9);
        expect(before + after - 2 * at).toBeGreaterThanOrEqual(-1e-9);
      }),
      { numRuns: 500 },
    );
  });

  it("leaves no calendar spread: total variance grows with time at every strike", () => {
    fc.assert(
      fc.property(fc.double({ min: -0.6, max: 0.6, noNaN: true }), years, years, (moneyness, one, other) => {
        const [early, late] = [Math.min(one, other), Math.max(one, other)];
        const variance = surface.totalVariance(moneyness, late);
        expect(variance).toBeGreaterThanOrEqual(surface.totalVariance(moneyness, early) - 1e-12);
      }),
    );
  });
});

it("refuses shapes with arbitrage", () => {
  for (const shape of [
    { level: 0.5, skew: -0.9, curvature: 1.5 },
    { level: 0, skew: 0, curvature: 1 },
    { level: 0.5, skew: 1, curvature: 0.5 },
  ]) {
    expect(() => new VolatilitySurface(shape)).toThrow(RangeError);
  }
});
