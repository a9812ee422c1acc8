import { bookBody, tradeRow } from "./bitstamp-frames.js";
import type { BitstampPair } from "./bitstamp-pairs.js";
import { ordersBody } from "./orders/order-frames.js";
import type { PairMarket } from "./pair-market.js";

export interface BitstampAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const PREFIX = "/api/v2/";
const WINDOWS: Readonly<Record<string, number>> = { minute: 60, hour: 3600, day: 86_400 };

/** Answers one GET below `/api/v2/`. @param bookMicros of what time books are shown */
export function answerRest(
  url: string,
  markets: ReadonlyMap<string, PairMarket>,
  nowMicros: number,
  bookMicros: number,
): BitstampAnswer {
  const { pathname, searchParams } = new URL(url, "http://venue");
  if (!pathname.startsWith(PREFIX)) return json(404, { error: "Not found" });
  const [resource, symbol] = pathname.slice(PREFIX.length).split("/");
  if (resource === "markets")
    return json(
      200,
      [...markets.values()].map(({ pair }) => marketRow(pair)),
    );
  if (resource === "trading-pairs-info") {
    const spot = [...markets.values()].filter(({ pair }) => !pair.isPerpetual);
    return json(
      200,
      spot.map(({ pair }) => pairRow(pair)),
    );
  }
  const market = markets.get(symbol ?? "");
  if (!market) return json(404, { error: "Not found" });
  switch (resource) {
    case "order_book":
      return bookAnswer(market, searchParams.get("group") ?? "1", bookMicros);
    case "transactions": {
      const seconds = WINDOWS[searchParams.get("time") ?? "hour"];
      if (seconds === undefined) return json(400, { error: "Invalid time" });
      const from = nowMicros - seconds * 1e6;
      const rows = market.trades
        .filter(({ micros }) => micros >= from)
        .map((trade) => tradeRow(market.pair, trade));
      return json(200, rows.reverse());
    }
    default:
      return json(404, { error: "Not found" });
  }
}

/** Grouped by price, by nothing, or by nothing with the ids of the orders. */
function bookAnswer(market: PairMarket, group: string, bookMicros: number): BitstampAnswer {
  switch (group) {
    case "0":
    case "2":
      return json(200, ordersBody(market.pair, market.ordersBefore(bookMicros), group === "2"));
    case "1":
      return json(200, bookBody(market.pair, market.bookBefore(bookMicros)));
    default:
      return json(400, { error: "Invalid group" });
  }
}

function marketRow({ base, counter, instrument, isEnabled, isPerpetual }: BitstampPair): object {
  return {
    name: `${base}/${counter}${isPerpetual ? "-PERP" : ""}`,
    market_symbol: instrument.symbol,
    base_currency: base,
    base_decimals: instrument.quantityScale,
    counter_currency: counter,
    counter_decimals: instrument.priceScale,
    minimum_order_value: "10",
    trading: isEnabled ? "Enabled" : "Disabled",
    instant_order_counter_decimals: instrument.priceScale,
    instant_and_market_orders: "Enabled",
    description: `${base} / ${counter}`,
    market_type: isPerpetual ? "PERPETUAL" : "SPOT",
  };
}

function pairRow({ base, counter, instrument, isEnabled }: BitstampPair): object {
  return {
    name: `${base}/${counter}`,
    url_symbol: instrument.symbol,
    base_decimals: instrument.quantityScale,
    counter_decimals: instrument.priceScale,
    minimum_order: `20.0 ${counter}`,
    trading: isEnabled ? "Enabled" : "Disabled",
    instant_and_market_orders: "Enabled",
    description: `${base} / ${counter}`,
  };
}

export function json(status: number, body: unknown): BitstampAnswer {
  return { status, headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
}
