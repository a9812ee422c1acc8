import type { ExpectedSession } from "@ims/integration-kit/conformance";

/** What an independent replay of a session found; texts are decimals. */
export interface ExpectedBook {
  readonly dropped: number;
  readonly applied: number;
  readonly gaps: number;
  readonly lastUpdateId: string;
  readonly bidLevels: number;
  readonly askLevels: number;
  /** Best bid and best ask, each price and quantity. */
  readonly best: readonly (readonly string[])[];
  readonly crossed: boolean;
  /** Of one line per level: see `bookHash`. */
  readonly sha256: string;
}

export interface ExpectedTrades {
  readonly n: number;
  readonly baseQty: string;
  readonly quote: string;
  readonly firstId: string;
  readonly lastId: string;
}

export interface BinanceSession extends ExpectedSession {
  readonly books?: Readonly<Record<string, ExpectedBook>>;
  /** By `SYMBOL|trade`, `SYMBOL|aggTrade` or `SYMBOL|non-MARKET trade`. */
  readonly trades?: Readonly<Record<string, ExpectedTrades>>;
}
