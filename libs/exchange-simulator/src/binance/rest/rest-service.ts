import type { Clock } from "@ims/common";
import type { MarketSource } from "../../sources/market-source.js";
import type { TimeUnit } from "../frames/time-text.js";
import type { BinanceMarket } from "../markets/market.js";
import { depth, depthLimit } from "./depth.js";
import { exchangeInfo } from "./exchange-info.js";
import { klineLimit, klines } from "./klines.js";
import { Query } from "./query.js";
import type { RequestWeight } from "./request-weight.js";
import { errorBody, type RestAnswer, RestRefusal } from "./rest-answer.js";
import {
  openInterest,
  premiumIndex,
  tickerBooks,
  tickerPrices,
  tickerSymbolCount,
  tickers24hr,
} from "./tickers.js";
import { aggregateTrades, trades } from "./trades.js";

/** What the REST side reads of a request. */
export interface RestRequest {
  readonly method: string;
  /** Path with query, as it came. */
  readonly url: string;
  /** `X-MBX-TIME-UNIT` and `X-MBX-APIKEY`. */
  readonly timeUnit: string | undefined;
  readonly apiKey: string | undefined;
}

interface Endpoint {
  weight(query: Query): number;
  body(query: Query, unit: TimeUnit, request: RestRequest): string;
}

/** The market's REST side; answers anything, throws nothing. */
export class RestService {
  requestCount = 0;
  /** Fault: answer every request with 503. */
  refuse = false;
  #staleUpdates = 0;
  readonly #endpoints: ReadonlyMap<string, Endpoint>;

  constructor(
    private readonly market: BinanceMarket,
    private readonly source: MarketSource,
    private readonly clock: Clock,
    private readonly weight: RequestWeight,
  ) {
    this.#endpoints = this.#table();
  }

  /** Bans the one address that all clients have here. */
  ban(millis: number): void {
    this.weight.ban(millis);
  }

  /** @param staleUpdates depth is answered as it was so many update ids ago */
  answer(request: RestRequest, staleUpdates = 0): RestAnswer {
    this.requestCount++;
    if (this.refuse) return { status: 503, body: "" };
    const used = () => ({ "X-MBX-USED-WEIGHT-1M": `${this.weight.used}` });
    try {
      this.#staleUpdates = staleUpdates;
      const answer = this.#answer(request);
      return { ...answer, headers: { ...answer.headers, ...used() } };
    } catch (error) {
      if (!(error instanceof RestRefusal)) throw error;
      const answer = error.answer();
      return { ...answer, headers: { ...answer.headers, ...used() } };
    }
  }

  #answer(request: RestRequest): RestAnswer {
    const at = request.url.indexOf("?");
    const path = at < 0 ? request.url : request.url.slice(0, at);
    const endpoint = path.startsWith(`${this.market.restPrefix}/`)
      ? this.#endpoints.get(path.slice(this.market.restPrefix.length + 1))
      : undefined;
    if (!endpoint || request.method !== "GET") {
      this.weight.take(1);
      return {
        status: 404,
        body: errorBody(-5000, `Path ${path.slice(0, 100)}, Method ${request.method} is invalid`),
      };
    }
    const query = new Query(at < 0 ? "" : request.url.slice(at + 1), (symbol) =>
      this.source.instrument(symbol),
    );
    this.weight.take(endpoint.weight(query));
    return { status: 200, body: endpoint.body(query, this.#unit(request), request) };
  }

  #unit(request: RestRequest): TimeUnit {
    const wanted = request.timeUnit?.toUpperCase();
    return this.market.microsecondOption && wanted === "MICROSECOND" ? "MICROSECOND" : "MILLISECOND";
  }

  #table(): Map<string, Endpoint> {
    const { market, source } = this;
    const nowMillis = () => Math.floor(this.clock.nowMicros() / 1000);
    const klineEndpoint: Endpoint = {
      weight: (query) => market.weights.klines(klineLimit(market, query)),
      body: (query, unit) => klines(market, source, query, unit),
    };
    const endpoints: Record<string, Endpoint> = {
      ping: { weight: () => 1, body: () => "{}" },
      time: {
        weight: () => 1,
        body: (_, unit) => `{"serverTime":${unit === "MICROSECOND" ? this.clock.nowMicros() : nowMillis()}}`,
      },
      exchangeInfo: {
        weight: () => market.weights.exchangeInfo,
        body: (query) =>
          source.exchangeInfoBody ??
          exchangeInfo(
            market,
            source.instruments,
            (symbol) => source.onboardMillis(symbol),
            nowMillis(),
            query,
          ),
      },
      klines: klineEndpoint,
      trades: {
        weight: () => market.weights.trades,
        body: (query, unit) => trades(market, source, query, unit, false),
      },
      historicalTrades: {
        weight: () => market.weights.historicalTrades,
        body: (query, unit, request) => {
          if (market.historicalTradesNeedKey && !request.apiKey) {
            throw new RestRefusal(-2014, "API-key format invalid.", 401);
          }
          return trades(market, source, query, unit, true);
        },
      },
      aggTrades: {
        weight: () => market.weights.aggTrades,
        body: (query, unit) => aggregateTrades(market, source, query, unit),
      },
    };
    Object.assign(endpoints, {
      depth: {
        weight: (query) => market.weights.depth(depthLimit(market, query)),
        body: (query, unit) => depth(market, source, query, nowMillis(), unit, this.#staleUpdates),
      },
      "ticker/24hr": {
        weight: (query) => market.weights.ticker24hr(tickerSymbolCount(query)),
        body: (query, unit) => tickers24hr(market, source, query, unit),
      },
      "ticker/price": {
        weight: (query) => market.weights.tickerPrice(tickerSymbolCount(query)),
        body: (query) => tickerPrices(market, source, query, nowMillis()),
      },
      "ticker/bookTicker": {
        weight: (query) => market.weights.tickerBook(tickerSymbolCount(query)),
        body: (query, unit) => tickerBooks(market, source, query, unit),
      },
    } satisfies Record<string, Endpoint>);
    if (market.name === "spot") endpoints.uiKlines = klineEndpoint;
    else {
      endpoints.premiumIndex = {
        weight: (query) => market.weights.premiumIndex(tickerSymbolCount(query)),
        body: (query) => premiumIndex(market, source, query, nowMillis()),
      };
      endpoints.openInterest = {
        weight: () => market.weights.openInterest,
        body: (query) => openInterest(market, source, query, nowMillis()),
      };
    }
    return new Map(Object.entries(endpoints));
  }
}
