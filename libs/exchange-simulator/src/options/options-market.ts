import type { BestPrices, DeribitInstrument, DeribitMarket, MakerQuote } from "../deribit/deribit-market.js";
import { expiryIn, expiryName } from "../deribit/listed-instruments.js";
import { printed } from "../deribit/raw-json.js";
import { blackScholes, impliedVolatility, type OptionInput } from "./black-scholes.js";
import { type ListedOption, optionInstrument, underlyingInstrument } from "./option-listing.js";
import { OPTION_UNDERLYINGS, type OptionUnderlying } from "./option-underlyings.js";
import { PricePath } from "./price-path.js";
import { VolatilitySurface } from "./volatility-surface.js";

export interface OptionsMarketOptions {
  /** The same seed and clock give the same prices. Default 1. */
  readonly seed?: number;
  /** Interest for a year, at which options are discounted. Default 0, as the venue's `interest_rate` is. */
  readonly rate?: number;
  readonly underlyings?: readonly OptionUnderlying[];
}

const YEAR_MILLIS = 365 * 86_400_000;
const YEARS_MIN = 1000 / YEAR_MILLIS;
/** Expiries in days after the next 08:00 UTC; the one of the day after is listed when the next one is over. */
const EXPIRY_DAYS = [0, 1, 7, 28, 91] as const;
/** Makers are so far from the middle, in volatility: a share of it, and at least so much. */
const HALF_SPREAD = { share: 0.015, least: 0.004 } as const;
/** The level of volatilities goes up and down by so much. */
const VOLATILITY_SWING = 0.08;
const SIGNIFICANT_DIGITS = 9;

/** What moves prices of one underlying. */
interface Dynamics {
  readonly index: PricePath;
  readonly volatilityScale: PricePath;
  readonly surface: VolatilitySurface;
}

/** One option at one time: all that is printed is computed from the values as they are printed. */
interface OptionState {
  readonly input: OptionInput;
  /** Dollars. */
  readonly index: number;
  readonly forward: number;
  /** What one unit of its price is in dollars: the forward for inverse options, else 1. */
  readonly unit: number;
}

/**
 * Options of Black and Scholes on the given underlyings, their futures and perpetuals. The smile is free of arbitrage
 * ({@link VolatilitySurface}); calls and puts of one strike have one volatility, so that put-call parity holds to the
 * last printed digit. Mark prices follow from the printed forward, volatility and time; bids are rounded down and asks
 * up to a tick. An inverse option's price is in coins, its greeks are in dollars, as the venue's are.
 */
export function optionsDeribitMarket(startMillis: number, options: OptionsMarketOptions = {}): DeribitMarket {
  return new OptionsMarket(startMillis, options);
}

class OptionsMarket implements DeribitMarket {
  readonly instruments: readonly DeribitInstrument[];
  readonly #rate: number;
  readonly #options = new Map<string, ListedOption>();
  readonly #futures = new Map<string, OptionUnderlying>();
  readonly #bySymbol: ReadonlyMap<string, DeribitInstrument>;
  readonly #dynamics = new Map<OptionUnderlying, Dynamics>();
  readonly #late: { readonly expiryMillis: number; readonly fromMillis: number };

  constructor(
    startMillis: number,
    { rate = 0, seed = 1, underlyings = OPTION_UNDERLYINGS }: OptionsMarketOptions,
  ) {
    this.#rate = rate;
    const expiries = EXPIRY_DAYS.map((days) => expiryIn(startMillis, days));
    this.#late = { expiryMillis: expiries[1]!, fromMillis: expiries[0]! };
    const instruments: DeribitInstrument[] = [];
    for (const underlying of underlyings) {
      const { level, name, surface, swing } = underlying;
      this.#dynamics.set(underlying, {
        index: new PricePath(seed, `index of ${name}`, level, swing),
        volatilityScale: new PricePath(seed, `volatility of ${name}`, 1, VOLATILITY_SWING),
        surface: new VolatilitySurface({ ...surface }),
      });
      for (const expiryMillis of [undefined, ...expiries]) {
        const future = underlyingInstrument(underlying, expiryMillis);
        this.#futures.set(future.symbol, underlying);
        instruments.push(future);
      }
      for (const option of listOptions(underlying, expiries)) {
        const instrument = optionInstrument(option, 100_000 + instruments.length, seed);
        this.#options.set(instrument.symbol, option);
        instruments.push(instrument);
      }
    }
    this.instruments = instruments;
    this.#bySymbol = new Map(instruments.map((instrument) => [instrument.symbol, instrument]));
  }

  isListed(symbol: string, nowMillis: number): boolean {
    const expiryMillis = this.#bySymbol.get(symbol)?.expiryMillis ?? Number.NEGATIVE_INFINITY;
    const { expiryMillis: late, fromMillis } = this.#late;
    return expiryMillis > nowMillis && (expiryMillis !== late || nowMillis >= fromMillis);
  }

  fairPrice(symbol: string, nowMillis: number): number {
    const option = this.#options.get(symbol);
    if (!option) return this.#forward(symbol, nowMillis);
    const { input, unit } = this.#stateOf(option, nowMillis);
    return blackScholes(input).price / unit;
  }

  /** Of an option; a future's is one tick around its price. */
  quote(symbol: string, nowMillis: number): MakerQuote | undefined {
    const option = this.#options.get(symbol);
    if (!option) return undefined;
    const { input, unit } = this.#stateOf(option, nowMillis);
    const { volatility } = input;
    const half = Math.max(HALF_SPREAD.least, volatility * HALF_SPREAD.share);
    const ticksAt = (at: number) =>
      (blackScholes({ ...input, volatility: Math.max(1e-4, at) }).price / unit) *
      10 ** option.underlying.tickScale;
    const bidTicks = Math.floor(ticksAt(volatility - half));
    return { bidTicks, askTicks: Math.max(bidTicks + 1, Math.ceil(ticksAt(volatility + half))) };
  }

  ticker(symbol: string, nowMillis: number, best?: BestPrices): Readonly<Record<string, unknown>> {
    const option = this.#options.get(symbol);
    if (!option) return this.#futureTicker(symbol, nowMillis);
    const { dollarScale, markScale, name } = option.underlying;
    const { forward, index, input, unit } = this.#stateOf(option, nowMillis);
    const { delta, gamma, price, rho, theta, vega } = blackScholes(input);
    const percentOf = (quoted: number | undefined) =>
      quoted === undefined || quoted === 0 ? 0 : percent(impliedVolatility(quoted * unit, input));
    const dollars = (value: number, form: number) => decimal(value, dollarScale, form);
    return {
      index_price: dollars(index, 0),
      estimated_delivery_price: dollars(index, 0),
      underlying_index: `${name}-${expiryName(option.expiryMillis)}`,
      underlying_price: dollars(forward, 2),
      interest_rate: this.#rate,
      mark_price: decimal(price / unit, markScale, Math.floor(nowMillis / 100)),
      mark_iv: percent(input.volatility),
      bid_iv: percentOf(best?.bid),
      ask_iv: percentOf(best?.ask),
      greeks: {
        delta: significant(delta),
        gamma: significant(gamma),
        vega: significant(vega),
        theta: significant(theta),
        rho: significant(rho),
      },
    };
  }

  #futureTicker(symbol: string, nowMillis: number): Readonly<Record<string, unknown>> {
    const underlying = this.#futures.get(symbol)!;
    const { dollarScale } = underlying;
    const index = decimal(this.#index(underlying, nowMillis), dollarScale, 0);
    const isPerpetual = this.#bySymbol.get(symbol)?.expiryMillis === Number.POSITIVE_INFINITY;
    return {
      index_price: index,
      estimated_delivery_price: index,
      mark_price: decimal(this.#forward(symbol, nowMillis), dollarScale, 0),
      ...(isPerpetual && { current_funding: 0, funding_8h: 0 }),
    };
  }

  #index(underlying: OptionUnderlying, nowMillis: number): number {
    return rounded(this.#dynamics.get(underlying)!.index.at(nowMillis), underlying.dollarScale);
  }

  /** Of a future or perpetual. */
  #forward(symbol: string, nowMillis: number): number {
    const underlying = this.#futures.get(symbol)!;
    const { expiryMillis } = this.#bySymbol.get(symbol)!;
    return expiryMillis === Number.POSITIVE_INFINITY
      ? this.#index(underlying, nowMillis)
      : this.#forwardOf(underlying, yearsTo(expiryMillis, nowMillis), nowMillis);
  }

  #forwardOf(underlying: OptionUnderlying, years: number, nowMillis: number): number {
    const index = this.#index(underlying, nowMillis);
    return rounded(index * Math.exp(underlying.carry * years), underlying.dollarScale);
  }

  #stateOf({ expiryMillis, isCall, strike, underlying }: ListedOption, nowMillis: number): OptionState {
    const years = yearsTo(expiryMillis, nowMillis);
    const forward = this.#forwardOf(underlying, years, nowMillis);
    const { surface, volatilityScale } = this.#dynamics.get(underlying)!;
    const volatility = surface.volatility(strike / forward, years, volatilityScale.at(nowMillis));
    const input = {
      isCall,
      spot: forward * Math.exp(-this.#rate * years),
      strike,
      years,
      rate: this.#rate,
      volatility: percent(volatility) / 100,
    };
    return {
      input,
      index: this.#index(underlying, nowMillis),
      forward,
      unit: underlying.isInverse ? forward : 1,
    };
  }
}

function listOptions(underlying: OptionUnderlying, expiries: readonly number[]): ListedOption[] {
  const { highest, lowest, step } = underlying.strikes;
  const options: ListedOption[] = [];
  for (const expiryMillis of expiries) {
    for (let strike = lowest; strike <= highest; strike += step) {
      for (const isCall of [true, false]) options.push({ underlying, strike, isCall, expiryMillis });
    }
  }
  return options;
}

/** Of 365 days; a second at least. */
function yearsTo(expiryMillis: number, nowMillis: number): number {
  return Math.max(YEARS_MIN, (expiryMillis - nowMillis) / YEAR_MILLIS);
}

/** In percent with two digits, as the venue prints volatilities; 0 for none. */
function percent(volatility: number | undefined): number {
  return volatility === undefined ? 0 : rounded(volatility * 100, 2);
}

function rounded(value: number, scale: number): number {
  return Number(value.toFixed(scale));
}

function significant(value: number): number {
  return Number(value.toPrecision(SIGNIFICANT_DIGITS));
}

function decimal(value: number, scale: number, form: number): unknown {
  return printed(Math.round(value * 10 ** scale), scale, form);
}
