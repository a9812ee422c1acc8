import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { createGunzip } from "node:zlib";
import type { BinanceMarketName } from "@ims/exchange-simulator";
import { fail } from "./stack-options.js";

/** Host names of the three markets' streams, as recordings name them. */
const MARKET_OF_HOST: readonly (readonly [RegExp, BinanceMarketName])[] = [
  [/^wss?:\/\/(stream|data-stream)\.(testnet\.)?binance\./, "spot"],
  [/^wss?:\/\/(demo-)?fstream\.binance(future)?\./, "usd-future"],
  [/^wss?:\/\/(demo-)?dstream\.binance(future)?\./, "coin-future"],
];

/** Lines looked at: the quietest recordings have a trade among their first few hundred frames. */
const LINES_MAX = 2000;

export interface RecordedMarket {
  readonly market: BinanceMarketName;
  /** The recorded stream of trades; `trade` when the lines looked at have both, or neither. */
  readonly tradesChannel: "trade" | "aggTrade";
  /** Streams of trades and one-minute bars on the lines looked at; the replay waits for their subscribers. */
  readonly streams: readonly string[];
}

/**
 * What a recording is of, told by the addresses and stream names on its first lines.
 * @throws ImsError `local-stack.recording` when the file cannot be read or names no Binance stream in its first lines
 */
export async function recordedMarket(file: string): Promise<RecordedMarket> {
  const input = createReadStream(file);
  const text = file.endsWith(".gz") ? input.pipe(createGunzip()) : input;
  try {
    const failure = new Promise<never>((_, reject) => {
      input.once("error", reject);
      text.once("error", reject);
    });
    return await Promise.race([failure, findMarket(file, createInterface({ input: text }))]);
  } catch (error) {
    if (error instanceof Error && error.name === "ImsError") throw error;
    throw fail("local-stack.recording", `${file} cannot be read`, { cause: error });
  } finally {
    input.destroy();
  }
}

async function findMarket(file: string, lines: AsyncIterable<string>): Promise<RecordedMarket> {
  let market: BinanceMarketName | undefined;
  const streams = new Set<string>();
  let seen = 0;
  for await (const line of lines) {
    market ??= marketOf(line);
    const stream = /"stream":"([^"@]+@(?:trade|aggTrade|kline_1m))"/.exec(line.slice(0, 4096))?.[1];
    if (stream) streams.add(stream);
    if (++seen === LINES_MAX) break;
  }
  if (!market)
    throw fail("local-stack.recording", `${file} names no Binance stream in its first ${seen} lines`);
  const names = [...streams];
  const hasSingleTrades = names.some((name) => name.endsWith("@trade"));
  const tradesChannel =
    !hasSingleTrades && names.some((name) => name.endsWith("@aggTrade")) ? "aggTrade" : "trade";
  const unused = tradesChannel === "trade" ? "@aggTrade" : "@trade";
  return { market, tradesChannel, streams: names.filter((name) => !name.endsWith(unused)) };
}

function marketOf(line: string): BinanceMarketName | undefined {
  const url = /"url":"([^"]*)"/.exec(line.slice(0, 4096))?.[1];
  return MARKET_OF_HOST.find(([host]) => url !== undefined && host.test(url))?.[1];
}
