import type { Clock } from "@ims/common";
import {
  createTradeFields,
  type HttpJsonClient,
  type ReadMissedTrades,
  RequestPriority,
  venueError,
} from "@ims/integration-kit";
import type { IntegrationLogger } from "@ims/traits";
import type { TradeRoute } from "../rest/rest-rules.js";
import { readTradeRow, rowId } from "./trade-rows.js";

export interface MissedTradesOptions {
  readonly clock: Clock;
  readonly logger: IntegrationLogger;
  readonly http: HttpJsonClient;
  readonly route: TradeRoute;
  readonly symbol: string;
  readonly instrumentId: number;
}

/** Reads missed trades of one symbol from the market's list of trades. */
export function missedTradesReader(options: MissedTradesOptions): ReadMissedTrades {
  const { clock, http, instrumentId, logger, route, symbol } = options;
  const trade = createTradeFields();
  const query = `symbol=${encodeURIComponent(symbol)}&limit=${route.limit}`;
  const cost = { weight: route.weight, priority: RequestPriority.BackFill };
  return async ({ from, isMissing, offer }, signal) => {
    const path = `${route.path}?${query}${route.hasFromId ? `&fromId=${from}` : ""}`;
    const rows = await http.get(path, signal, cost);
    if (!Array.isArray(rows)) throw venueError("venue.bad-reply", `${route.path} answered no list`);
    let newest = 0;
    for (const row of rows as unknown[]) {
      const id = rowId(row, route.isAggregate);
      if (id < 0) continue;
      newest = Math.max(newest, id);
      if (!isMissing(id)) continue;
      const problem = readTradeRow(row, route.isAggregate, clock.nowMicros(), trade);
      if (problem !== undefined) {
        logger.error({ symbol, id, problem }, "a missed trade cannot be read");
        continue;
      }
      trade.instrumentId = instrumentId;
      offer(trade);
    }
    return newest;
  };
}
