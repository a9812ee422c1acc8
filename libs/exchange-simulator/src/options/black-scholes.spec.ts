import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { blackScholes, impliedVolatility, normalDistribution, type OptionInput } from "./black-scholes.js";

const option = fc.record({
  isCall: fc.boolean(),
  spot: fc.double({ min: 80, max: 120, noNaN: true }),
  strike: fc.double({ min: 60, max: 140, noNaN: true }),
  years: fc.double({ min: 0.02, max: 2, noNaN: true }),
  rate: fc.double({ min: -0.02, max: 0.1, noNaN: true }),
  volatility: fc.double({ min: 0.1, max: 1.5, noNaN: true }),
});

const priceOf = (input: OptionInput) => blackScholes(input).price;

/** Central difference of the price in one input. */
function slope(input: OptionInput, name: "spot" | "years" | "rate" | "volatility", step: number): number {
  const up = priceOf({ ...input, [name]: input[name] + step });
  return (up - priceOf({ ...input, [name]: input[name] - step })) / (2 * step);
}

describe("the normal distribution", () => {
  it.each([
    // Abramowitz and Stegun, table 26.1.
    [0, 0.5],
    [0.5, 0.691462461274013],
    [1, 0.841344746068543],
    [2, 0.977249868051821],
    [3, 0.99865010196837],
    [4.5, 0.999996602326875],
    [-1, 0.158655253931457],
    [-4, 0.000031671241833],
    [40, 1],
    [-40, 0],
  ])("of %s is %s", (value, expected) => {
    expect(normalDistribution(value)).toBeCloseTo(expected, 14);
  });

  it("rises, and is symmetric", () => {
    fc.assert(
      fc.property(
        fc.double({ min: -9, max: 9, noNaN: true }),
        fc.double({ min: 1e-3, max: 1, noNaN: true }),
        (at, step) => {
          expect(normalDistribution(at + step)).toBeGreaterThanOrEqual(normalDistribution(at));
          expect(normalDistribution(at) + normalDistribution(-at)).toBeCloseTo(1, 14);
        },
      ),
    );
  });
});

describe("Black-Scholes", () => {
  it("gives the values of a textbook: J. Hull, Options, Futures, and Other Derivatives, example 15.6", () => {
    const input = { spot: 42, strike: 40, years: 0.5, rate: 0.1, volatility: 0.2 };
    expect(priceOf({ ...input, isCall: true })).toBeCloseTo(4.76, 2);
    expect(priceOf({ ...input, isCall: false })).toBeCloseTo(0.81, 2);
  });

  it("keeps put-call parity", () => {
    fc.assert(
      fc.property(option, (input) => {
        const difference = priceOf({ ...input, isCall: true }) - priceOf({ ...input, isCall: false });
        expect(difference).toBeCloseTo(input.spot - input.strike * Math.exp(-input.rate * input.years), 9);
      }),
    );
  });

  it("has the greeks that finite differences of its price give", () => {
    fc.assert(
      fc.property(option, (input) => {
        const { delta, gamma, rho, theta, vega } = blackScholes(input);
        expect(delta).toBeCloseTo(slope(input, "spot", 1e-4), 6);
        const deltaAt = (spot: number) => blackScholes({ ...input, spot }).delta;
        expect(gamma).toBeCloseTo((deltaAt(input.spot + 1e-4) - deltaAt(input.spot - 1e-4)) / 2e-4, 6);
        expect(vega).toBeCloseTo(slope(input, "volatility", 1e-5) / 100, 6);
        expect(theta).toBeCloseTo(-slope(input, "years", 1e-6) / 365, 5);
        expect(rho).toBeCloseTo(slope(input, "rate", 1e-6) / 100, 6);
      }),
    );
  });

  it("is undone by the implied volatility, which no price beyond the bounds has", () => {
    fc.assert(
      fc.property(option, (input) => {
        const { price, vega } = blackScholes(input);
        fc.pre(vega > 1e-3);
        expect(impliedVolatility(price, input)).toBeCloseTo(input.volatility, 6);
      }),
    );
    const deep = { isCall: true, spot: 100, strike: 50, years: 0.1, rate: 0 };
    expect(impliedVolatility(49.9, deep)).toBeUndefined();
    expect(impliedVolatility(100, deep)).toBeUndefined();
    expect(impliedVolatility(0, { ...deep, strike: 300 })).toBeUndefined();
  });

  it("pays the difference alone at its end", () => {
    const end = { spot: 100, years: 3e-8, rate: 0, volatility: 0.5 };
    expect(priceOf({ ...end, strike: 90, isCall: true })).toBeCloseTo(10, 9);
    expect(priceOf({ ...end, strike: 90, isCall: false })).toBe(0);
    expect(Number.isFinite(blackScholes({ ...end, strike: 100, isCall: true }).gamma)).toBe(true);
  });
});
