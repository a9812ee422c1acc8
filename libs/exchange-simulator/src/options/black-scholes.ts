const SQRT_TWO_PI = Math.sqrt(2 * Math.PI);
/** Beyond it the distribution is 0 or 1 to the last digit of a double. */
const TAIL = 8.3;
/** Below it the model has no digits left: a tenth of a second before the expiry at 1 %. */
const DEVIATION_MIN = 1e-7;
const VOLATILITY_MAX = 50;
const BISECTIONS = 60;

export interface OptionInput {
  readonly isCall: boolean;
  /** Present value of what the option is on, without what it pays: `forward × e^(−rate × years)`. Above 0. */
  readonly spot: number;
  /** Above 0. */
  readonly strike: number;
  /** To the expiry, of 365 days each. Above 0. */
  readonly years: number;
  /** Continuous, for a year: 0.03 for 3 %. */
  readonly rate: number;
  /** For a year: 0.6 for 60 %. Above 0. */
  readonly volatility: number;
}

/** Value and greeks of one option, in the currency of its strike. */
export interface OptionValue {
  readonly price: number;
  /** For 1 of the spot. */
  readonly delta: number;
  /** Of delta, for 1 of the spot. */
  readonly gamma: number;
  /** For one percent of volatility. */
  readonly vega: number;
  /** For one day. */
  readonly theta: number;
  /** For one percent of the rate, the spot as it is. */
  readonly rho: number;
}

/** Density of the standard normal distribution. */
export function normalDensity(value: number): number {
  return Math.exp((-value * value) / 2) / SQRT_TWO_PI;
}

/**
 * Standard normal distribution, to about 15 digits after the point: the series of G. Marsaglia, "Evaluating the Normal
 * Distribution", 2004.
 */
export function normalDistribution(value: number): number {
  if (Number.isNaN(value)) return value;
  if (value > TAIL) return 1;
  if (value < -TAIL) return 0;
  const square = value * value;
  let term = value;
  let sum = value;
  for (let odd = 3; ; odd += 2) {
    term *= square / odd;
    const next = sum + term;
    if (next === sum) break;
    sum = next;
  }
  return 0.5 + sum * normalDensity(value);
}

/** The formula of Black, Scholes and Merton (1973) and its derivatives. */
export function blackScholes({ isCall, rate, spot, strike, volatility, years }: OptionInput): OptionValue {
  const root = Math.sqrt(years);
  const deviation = Math.max(DEVIATION_MIN, volatility * root);
  const discounted = strike * Math.exp(-rate * years);
  const upper = Math.log(spot / discounted) / deviation + deviation / 2;
  const lower = upper - deviation;
  const density = normalDensity(upper);
  const sign = isCall ? 1 : -1;
  const inSpot = normalDistribution(sign * upper);
  const inStrike = normalDistribution(sign * lower);
  return {
    price: Math.max(0, sign * (spot * inSpot - discounted * inStrike)),
    delta: sign * inSpot,
    gamma: density / (spot * deviation),
    vega: (spot * density * root) / 100,
    theta: ((-spot * density * deviation) / (2 * years) - sign * rate * discounted * inStrike) / 365,
    rho: (sign * discounted * years * inStrike) / 100,
  };
}

/** The volatility at which the option is worth `price`; undefined where none is: below what it pays at once. */
export function impliedVolatility(
  price: number,
  option: Omit<OptionInput, "volatility">,
): number | undefined {
  const priceAt = (volatility: number) => blackScholes({ ...option, volatility }).price;
  let [low, high] = [1e-6, VOLATILITY_MAX];
  if (!(price > priceAt(low) && price < priceAt(high))) return undefined;
  for (let step = 0; step < BISECTIONS; step++) {
    const middle = (low + high) / 2;
    if (priceAt(middle) < price) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
