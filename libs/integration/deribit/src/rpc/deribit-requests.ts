import {
  HttpJsonClient,
  type HttpTransport,
  httpGet,
  type JsonObject,
  RequestPriority,
  venueError,
  WeightBudget,
} from "@ims/integration-kit";
import type { IntegrationContext } from "@ims/traits";
import { venueResolution } from "../channels.js";
import { exactObject, parseExactJson } from "../json/exact-json.js";
import { statusByErrorCode } from "./error-codes.js";

/** Calls without login are counted per address: 20 a second are allowed, half of them are taken (deribit.md section 3). */
const REQUESTS_PER_SECOND = 10;
const ONE = { weight: 1, priority: RequestPriority.BackFill } as const;
const LIST = { weight: 1, priority: RequestPriority.Lists } as const;

const BAR_COLUMNS = ["open", "high", "low", "close", "volume", "cost"] as const;

/** What is asked over HTTP, within the venue's budget of requests. */
export class DeribitRequests {
  readonly #http: HttpJsonClient;

  constructor(context: IntegrationContext, baseUrl: string, transport: HttpTransport = httpGet) {
    const { clock } = context;
    this.#http = new HttpJsonClient({
      ...context,
      baseUrl,
      transport: statusByErrorCode(transport),
      parse: parseExactJson,
      budget: new WeightBudget({ clock, weightMax: REQUESTS_PER_SECOND, windowMillis: 1000 }),
    });
  }

  /** The body of `public/get_instruments` of all currencies and kinds; repeats until `accept` takes one. */
  instruments<Result>(accept: (body: unknown) => Result, signal: AbortSignal): Promise<Result> {
    return this.#http.getUntil("/public/get_instruments?currency=any&expired=false", accept, signal, LIST);
  }

  /**
   * Trades by their `trade_seq`, both ends inclusive, rising. Rejects with `venue.refused` for what will never be had.
   */
  async trades(
    symbol: string,
    from: number,
    to: number,
    signal: AbortSignal,
  ): Promise<readonly JsonObject[]> {
    const range = `start_seq=${from}&end_seq=${to}&count=${to - from + 1}&sorting=asc`;
    return this.#tradeRows(symbol, range, signal);
  }

  /** The newest trades, newest first. @param count at most 1000 */
  newestTrades(symbol: string, count: number, signal: AbortSignal): Promise<readonly JsonObject[]> {
    return this.#tradeRows(symbol, `count=${count}&sorting=desc`, signal);
  }

  /** The best levels of a book, with its `change_id`. */
  async book(symbol: string, signal: AbortSignal): Promise<JsonObject> {
    const path = `/public/get_order_book?instrument_name=${encodeURIComponent(symbol)}&depth=1`;
    const result = exactObject(exactObject(await this.#http.get(path, signal, ONE))?.result);
    if (!result) throw venueError("venue.bad-reply", "public/get_order_book answered no book");
    return result;
  }

  /**
   * Bars that open within, both ends included, as rows with the names that channels use.
   *
   * @param resolution such as `15m`, one that is offered
   */
  async bars(
    symbol: string,
    resolution: string,
    fromMillis: number,
    toMillis: number,
    signal: AbortSignal,
  ): Promise<readonly JsonObject[]> {
    const name = encodeURIComponent(symbol);
    const range = `start_timestamp=${fromMillis}&end_timestamp=${toMillis}&resolution=${venueResolution(resolution)}`;
    const path = `/public/get_tradingview_chart_data?instrument_name=${name}&${range}`;
    const columns = exactObject(exactObject(await this.#http.get(path, signal, ONE))?.result);
    if (!columns || !Array.isArray(columns.ticks))
      throw venueError("venue.bad-reply", "public/get_tradingview_chart_data answered no columns");
    return (columns.ticks as unknown[]).map((tick, at) => ({
      tick,
      ...Object.fromEntries(BAR_COLUMNS.map((column) => [column, placeOf(columns[column], at)])),
    }));
  }

  async #tradeRows(symbol: string, range: string, signal: AbortSignal): Promise<readonly JsonObject[]> {
    const name = encodeURIComponent(symbol);
    const path = `/public/get_last_trades_by_instrument?instrument_name=${name}&${range}`;
    const rows = exactObject(exactObject(await this.#http.get(path, signal, ONE))?.result)?.trades;
    if (!Array.isArray(rows))
      throw venueError("venue.bad-reply", "public/get_last_trades_by_instrument answered no list");
    return (rows as unknown[]).map((row) => exactObject(row) ?? {});
  }
}

function placeOf(column: unknown, at: number): unknown {
  return Array.isArray(column) ? (column as unknown[])[at] : undefined;
}
