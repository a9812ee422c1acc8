import { setTimeout } from "node:timers/promises";
import type { BinanceMarketName } from "@ims/exchange-simulator";
import type { Child } from "../support/child.js";
import type { ProcessGroup } from "./process-group.js";

export interface MarketPlan {
  readonly name: BinanceMarketName;
  readonly app: string;
  /** As clients name it. */
  readonly exchange: string;
  /** In names of settings. */
  readonly setting: string;
  readonly historyPath: string;
  readonly symbols: readonly string[];
  readonly readerCount: number;
}

export const MARKETS: readonly [MarketPlan, MarketPlan, MarketPlan] = [
  {
    name: "spot",
    app: "binance-spot",
    exchange: "binancespot",
    setting: "SPOT",
    historyPath: "/api/v3/historicalTrades",
    symbols: ["BTCUSDT", "ETHUSDT", "BNBUSDT"],
    readerCount: 4,
  },
  {
    name: "coin-future",
    app: "binance-coin-future",
    exchange: "binancecoinmarginfuture",
    setting: "COIN_FUTURE",
    historyPath: "/dapi/v1/historicalTrades",
    symbols: ["BTCUSD_PERP", "ETHUSD_PERP"],
    readerCount: 3,
  },
  {
    name: "usd-future",
    app: "binance-usd-future",
    exchange: "binanceusdmarginfuture",
    setting: "USD_FUTURE",
    historyPath: "/fapi/v1/historicalTrades",
    symbols: ["BTCUSDT", "ETHUSDT"],
    readerCount: 3,
  },
];

/** A trade as the venue's history has it. */
export interface VenueTrade {
  readonly id: number;
  readonly price: string;
  readonly qty: string;
  /** Milliseconds since 1970. */
  readonly time: number;
}

const ROWS_MAX = 1000;

/** A simulated venue as a process, with its history over REST. */
export class Venue {
  private constructor(
    readonly plan: MarketPlan,
    readonly restUrl: string,
    readonly wsUrl: string,
  ) {}

  static async start(
    processes: ProcessGroup,
    plan: MarketPlan,
    options: { readonly seed: number; readonly tradesPerSecond: number },
  ): Promise<Venue> {
    const child: Child = processes.start("libs/exchange-simulator/dist/main.js", [
      ...["--market", plan.name, "--port", "0", "--seed", String(options.seed)],
      ...["--symbols", plan.symbols.join(","), "--trades-per-second", String(options.tradesPerSecond)],
    ]);
    const [, restUrl] = await child.printed(/_REST_URL=(\S+)/);
    const [, wsUrl] = await child.printed(/_WS_URL=(\S+)/);
    return new Venue(plan, restUrl!, wsUrl!);
  }

  /** The id of a symbol's newest trade. */
  async lastTradeId(symbol: string): Promise<number> {
    const rows = await this.#read(symbol, "limit=1");
    return rows.at(-1)!.id;
  }

  /** All trades of a symbol between two ids, as the venue remembers them. */
  async trades(symbol: string, fromId: number, toId: number): Promise<Map<number, VenueTrade>> {
    const found = new Map<number, VenueTrade>();
    for (let from = fromId; from <= toId; from += ROWS_MAX) {
      const limit = Math.min(ROWS_MAX, toId - from + 1);
      for (const row of await this.#read(symbol, `fromId=${from}&limit=${limit}`)) found.set(row.id, row);
    }
    return found;
  }

  async #read(symbol: string, query: string): Promise<VenueTrade[]> {
    const url = `${this.restUrl}${this.plan.historyPath}?symbol=${symbol}&${query}`;
    // The futures answer nobody without a key; any will do.
    const response = await fetch(url, { headers: { "X-MBX-APIKEY": "any" } });
    if (response.status === 429) {
      // The services use up the same budget.
      await setTimeout(Number(response.headers.get("retry-after") ?? 1) * 1000);
      return this.#read(symbol, query);
    }
    if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
    return (await response.json()) as VenueTrade[];
  }
}
