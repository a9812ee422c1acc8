import { SimulatedClock } from "@ims/common";
import { describe, expect, it } from "vitest";
import { type DeribitVenue, openDeribitVenue } from "../deribit/deribit-venue.js";
import { blackScholes } from "./black-scholes.js";
import { type OptionsMarketOptions, optionsDeribitMarket } from "./options-market.js";

const START_MILLIS = Date.UTC(2026, 0, 5, 12);
const YEAR_MILLIS = 365 * 86_400_000;

interface Ticker {
  readonly timestamp: number;
  readonly instrument_name: string;
  readonly last_price: number | null;
  readonly best_bid_price: number;
  readonly best_bid_amount: number;
  readonly best_ask_price: number;
  readonly mark_price: number;
  readonly mark_iv: number;
  readonly bid_iv: number;
  readonly ask_iv: number;
  readonly open_interest: number;
  readonly underlying_price: number;
  readonly underlying_index: string;
  readonly interest_rate: number;
  readonly stats: { readonly volume: number; readonly high: number; readonly low: number };
  readonly greeks: Readonly<Record<"delta" | "gamma" | "vega" | "theta" | "rho", number>>;
}

interface Row {
  readonly instrument_name: string;
  readonly kind: string;
  readonly strike: number;
  readonly option_type: string;
  readonly expiration_timestamp: number;
  readonly instrument_type: string;
  readonly tick_size: number;
  readonly min_trade_amount: number;
}

interface Listed {
  readonly row: Row;
  readonly ticker: Ticker;
}

/** All listed options as a venue prints them that began a while ago, and so long after the market did. */
async function options(afterMillis: number, market: OptionsMarketOptions = {}): Promise<readonly Listed[]> {
  const clock = new SimulatedClock((START_MILLIS + afterMillis) * 1000);
  const venue = openDeribitVenue({ clock, market: optionsDeribitMarket(START_MILLIS, market), seed: 4 });
  await clock.advance(300);
  const rows = ask<readonly Row[]>(venue, "get_instruments?currency=any");
  const listed = rows
    .filter(({ kind }) => kind === "option")
    .map((row) => {
      const name = encodeURIComponent(row.instrument_name);
      return { row, ticker: ask<Ticker>(venue, `get_order_book?instrument_name=${name}&depth=1`) };
    });
  venue.close();
  return listed;
}

function ask<Result>(venue: DeribitVenue, query: string): Result {
  return (JSON.parse(venue.request(`/api/v2/public/${query}`).body) as { readonly result: Result }).result;
}

/** What Black and Scholes say to what the ticker prints, in dollars. */
function modelOf({ row, ticker }: Listed, volatility = ticker.mark_iv) {
  const years = (row.expiration_timestamp - ticker.timestamp) / YEAR_MILLIS;
  const rate = ticker.interest_rate;
  return blackScholes({
    isCall: row.option_type === "call",
    spot: ticker.underlying_price * Math.exp(-rate * years),
    strike: row.strike,
    years,
    rate,
    volatility: volatility / 100,
  });
}

const isInverse = ({ row }: Listed) => row.instrument_type === "reversed";
/** Dollars for one unit of an option's price. */
const unitOf = (listed: Listed) => (isInverse(listed) ? listed.ticker.underlying_price : 1);
const markUnit = (listed: Listed) => (isInverse(listed) ? 1e-6 : 1e-4);

describe.each([
  ["at its start", 0, {}],
  ["after two hours, with interest", 7_200_000, { rate: 0.04, seed: 77 }],
] as const)("the options venue %s", (_when, afterMillis, market) => {
  it("prints prices, volatilities and greeks that follow from one another", async () => {
    const all = await options(afterMillis, market);
    expect(all.length).toBeGreaterThan(150);
    for (const listed of all) {
      const { row, ticker } = listed;
      const model = modelOf(listed);
      expect(Math.abs(ticker.mark_price - model.price / unitOf(listed))).toBeLessThan(
        markUnit(listed) * 0.51,
      );
      for (const name of ["delta", "gamma", "vega", "theta", "rho"] as const) {
        const size = Math.max(1e-12, Math.abs(model[name]));
        expect(Math.abs(ticker.greeks[name] - model[name]) / size).toBeLessThan(1e-6);
      }
      expect(ticker.underlying_index).toBe(row.instrument_name.split("-").slice(0, 2).join("-"));
      expect(ticker.best_bid_price).toBeLessThanOrEqual(ticker.mark_price + markUnit(listed));
      expect(ticker.best_ask_price).toBeGreaterThanOrEqual(ticker.mark_price - markUnit(listed));
      expect(ticker.best_ask_price).toBeGreaterThan(ticker.best_bid_price);
      for (const [price, volatility] of [
        [ticker.best_bid_price, ticker.bid_iv],
        [ticker.best_ask_price, ticker.ask_iv],
      ] as const) {
        const ticks = price / row.tick_size;
        expect(Math.abs(ticks - Math.round(ticks))).toBeLessThan(1e-6);
        if (price === 0) expect(volatility).toBe(0);
        if (volatility === 0) continue;
        // Volatilities are printed to a hundredth of a percent.
        const { price: value, vega } = modelOf(listed, volatility);
        expect(Math.abs(value / unitOf(listed) - price)).toBeLessThan(
          (vega * 0.0052) / unitOf(listed) + 1e-9,
        );
      }
      if (ticker.bid_iv > 0 && ticker.ask_iv > 0) expect(ticker.bid_iv).toBeLessThan(ticker.ask_iv);
      expect(ticker.open_interest).toBeGreaterThanOrEqual(0);
      expect(ticker.last_price).not.toBeNull();
      expect(ticker.stats.volume).toBeGreaterThan(0);
      expect(ticker.stats.high).toBeGreaterThanOrEqual(ticker.stats.low);
    }
  });

  it("keeps put-call parity, and leaves no arbitrage between calls and puts", {
    timeout: 60_000,
  }, async () => {
    const all = await options(afterMillis, market);
    const bySymbol = new Map(all.map((listed) => [listed.row.instrument_name, listed]));
    let pairs = 0;
    for (const call of all.filter(({ row }) => row.option_type === "call")) {
      const put = bySymbol.get(call.row.instrument_name.replace(/C$/, "P"))!;
      const { interest_rate: rate, timestamp, underlying_price: forward } = call.ticker;
      const years = (call.row.expiration_timestamp - timestamp) / YEAR_MILLIS;
      const worth = ((forward - call.row.strike) * Math.exp(-rate * years)) / unitOf(call);
      const unit = markUnit(call);
      expect(Math.abs(call.ticker.mark_price - put.ticker.mark_price - worth)).toBeLessThan(unit * 1.01);
      expect(call.ticker.mark_iv).toBe(put.ticker.mark_iv);
      expect(call.ticker.best_bid_price - put.ticker.best_ask_price).toBeLessThanOrEqual(worth + unit);
      expect(call.ticker.best_ask_price - put.ticker.best_bid_price).toBeGreaterThanOrEqual(worth - unit);
      pairs++;
    }
    expect(pairs * 2).toBe(all.length);
  });

  it("leaves no butterfly near the money in what it prints", async () => {
    const calls = (await options(afterMillis, market)).filter(({ row }) => row.option_type === "call");
    let checked = 0;
    for (const [at, middle] of calls.entries()) {
      const [low, high] = [calls[at - 1], calls[at + 1]];
      if (!low || !high || low.row.strike >= middle.row.strike || high.row.strike <= middle.row.strike)
        continue;
      if (Math.abs(middle.row.strike / middle.ticker.underlying_price - 1) > 0.15) continue;
      const sum = low.ticker.mark_price + high.ticker.mark_price - 2 * middle.ticker.mark_price;
      expect(sum).toBeGreaterThanOrEqual(-2 * markUnit(middle));
      checked++;
    }
    expect(checked).toBeGreaterThan(20);
  });
});

describe("the options venue", () => {
  it("splits at a strike of 85, with an underlying near it, and has a realistic one", async () => {
    const all = await options(0);
    const sol = all.filter(({ row }) => row.instrument_name.startsWith("SOL_USDC-"));
    const above = sol.filter(({ row }) => row.strike > 85).length;
    expect([above > 20, sol.length - above > 20]).toEqual([true, true]);
    for (const { ticker } of sol) {
      expect(ticker.underlying_price).toBeGreaterThan(84);
      expect(ticker.underlying_price).toBeLessThan(101);
    }
    const btc = all.filter(({ row }) => row.instrument_name.startsWith("BTC-"));
    expect(btc.length).toBeGreaterThan(60);
  });

  it("is the same for the same seed and time, whoever looked before, and another for another seed", () => {
    const markets = [8, 8, 9].map((seed) => optionsDeribitMarket(START_MILLIS, { seed }));
    const symbol = markets[0]!.instruments.find(({ kind }) => kind === "option")!.symbol;
    markets[1]!.ticker(symbol, START_MILLIS + 5);
    const [one, same, other] = markets.map((market) =>
      JSON.stringify(market.ticker(symbol, START_MILLIS + 60_000)),
    );
    expect(same).toBe(one);
    expect(other).not.toBe(one);
  });

  it("prints prices exactly, in several forms, and moves them", () => {
    const market = optionsDeribitMarket(START_MILLIS);
    const symbol = market.instruments.find(
      ({ kind, symbol }) => kind === "option" && symbol.startsWith("BTC"),
    )!.symbol;
    const texts = Array.from({ length: 40 }, (_, at) => {
      const ticker = market.ticker(symbol, START_MILLIS + at * 100) as { mark_price: { text: string } };
      return ticker.mark_price.text;
    });
    expect(texts.some((text) => text.includes("e"))).toBe(true);
    for (const text of texts.filter((each) => !each.includes("e"))) expect(text).toMatch(/^\d+\.\d{6}0?$/);
    expect(new Set(texts.map(Number)).size).toBeGreaterThan(10);
  });

  it("ends at the expiry, when the next day's options are listed", () => {
    const market = optionsDeribitMarket(START_MILLIS);
    const expiries = market.instruments.flatMap(({ expiryMillis, kind }) =>
      kind === "option" ? [expiryMillis] : [],
    );
    const nearest = Math.min(...expiries);
    const listedAt = (millis: number) =>
      market.instruments.filter(({ kind, symbol }) => kind === "option" && market.isListed(symbol, millis));
    const before = listedAt(nearest - 1);
    const after = listedAt(nearest);
    expect(before.length).toBe(after.length);
    const ended = before.filter(({ expiryMillis }) => expiryMillis === nearest);
    for (const { symbol } of ended) {
      const { mark_price: mark } = market.ticker(symbol, nearest - 1) as { mark_price: { text: string } };
      expect(Number(mark.text)).toBeGreaterThanOrEqual(0);
    }
    expect(ended.length).toBeGreaterThan(0);
    expect(after.some(({ expiryMillis }) => expiryMillis === nearest + 86_400_000)).toBe(true);
  });
});
