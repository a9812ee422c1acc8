import { readFileSync } from "node:fs";

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

export interface ExpectedSession {
  /** Relative to the folder of the expectations, in the order of time. */
  readonly files: readonly string[];
  readonly books?: Readonly<Record<string, ExpectedBook>>;
  /** By `SYMBOL|trade`, `SYMBOL|aggTrade` or `SYMBOL|non-MARKET trade`. */
  readonly trades?: Readonly<Record<string, ExpectedTrades>>;
}

/** Reads an `expectations.json`; throws an Error that says what is wrong with it. */
export function readExpectations(file: string): ReadonlyMap<string, ExpectedSession> {
  const value: unknown = JSON.parse(readFileSync(file, "utf8"));
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new Error(`${file} is not an object of sessions`);
  const sessions = Object.entries(value as Record<string, ExpectedSession>);
  for (const [name, session] of sessions) {
    if (!Array.isArray(session?.files) || session.files.length === 0)
      throw new Error(`${file}: ${name} names no files`);
  }
  return new Map(sessions);
}
