import { candleUpToNow, chartColumns } from "./candles.js";
import { isResolution } from "./channel-data.js";
import type { DeribitAnswer, DeribitVenue } from "./deribit-venue.js";
import { RpcError, rpcError, rpcResult } from "./rpc-answers.js";

const COUNT_MAX = 1000;

/**
 * Methods that are asked for over HTTP. Errors come with status 400, and say what they are in the body.
 *
 * @param error a fault: the code of the error that is answered whatever is asked
 */
export function answerHttp(
  venue: DeribitVenue,
  { pathname, searchParams }: URL,
  error: number | undefined,
): DeribitAnswer {
  if (error !== undefined) return { status: 400, body: rpcError(undefined, [error, "refused by a fault"]) };
  if (venue.failingRequests > 0) {
    venue.failingRequests--;
    return { status: 400, body: rpcError(undefined, RpcError.Unavailable) };
  }
  const method = pathname.replace(/^.*\/(?=public\/)/, "");
  const symbol = searchParams.get("instrument_name") ?? "";
  const result = (value: unknown) => ({ status: 200, body: rpcResult(undefined, value, venue.nowMillis) });
  if (method === "public/get_instruments") return result(venue.instruments.map(instrumentRow));
  if (method === "public/test") return result({ version: "1.2.26" });
  const trading = venue.trading(symbol);
  if (!trading) return { status: 400, body: rpcError(undefined, RpcError.InvalidInstrument) };
  switch (method) {
    case "public/get_last_trades_by_instrument": {
      const count = Math.min(COUNT_MAX, Number(searchParams.get("count") ?? 10));
      const toSeq = Number(searchParams.get("end_seq") ?? trading.lastSeq);
      const fromSeq = Number(searchParams.get("start_seq") ?? Math.max(1, toSeq - count + 1));
      const rows = trading.trades(fromSeq, toSeq).map(({ row }) => row);
      const isRising = searchParams.get("sorting") === "asc";
      const page = isRising ? rows.slice(0, count) : [...rows].reverse().slice(0, count);
      return result({ trades: page, has_more: rows.length > count });
    }
    case "public/get_order_book":
      return result({
        ...venue.tickerOf(trading),
        change_id: trading.changeId,
        bids: trading.levels("bids").slice(0, Number(searchParams.get("depth") ?? 5)),
        asks: trading.levels("asks").slice(0, Number(searchParams.get("depth") ?? 5)),
      });
    case "public/get_tradingview_chart_data": {
      const resolution = searchParams.get("resolution") ?? "";
      if (!isResolution(resolution))
        return { status: 400, body: rpcError(undefined, RpcError.InvalidParams) };
      const from = Number(searchParams.get("start_timestamp") ?? 0);
      const to = Number(searchParams.get("end_timestamp") ?? venue.nowMillis);
      const { rows } = candleUpToNow(resolution, trading.allTrades, venue.nowMillis);
      return result(chartColumns(rows, from, to));
    }
    default:
      return { status: 400, body: rpcError(undefined, RpcError.MethodNotFound) };
  }
}

function instrumentRow({ kind, row, symbol }: DeribitVenue["instruments"][number]): object {
  return {
    ...row,
    kind,
    instrument_name: symbol,
    is_active: true,
    state: "open",
    creation_timestamp: 1_606_129_458_000,
  };
}
