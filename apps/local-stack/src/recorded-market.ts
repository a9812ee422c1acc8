import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { createGunzip } from "node:zlib";
import { errorFactory } from "@ims/common";
import type { BinanceMarketName } from "@ims/exchange-simulator";
import { LOCAL_STACK_ERRORS } from "./stack-options.js";

const fail = errorFactory(LOCAL_STACK_ERRORS);

/** Host names of the three markets' streams, as recordings name them. */
const MARKET_OF_HOST: readonly (readonly [RegExp, BinanceMarketName])[] = [
  [/^wss?:\/\/(stream|data-stream)\.(testnet\.)?binance\./, "spot"],
  [/^wss?:\/\/(demo-)?fstream\.binance(future)?\./, "usd-future"],
  [/^wss?:\/\/(demo-)?dstream\.binance(future)?\./, "coin-future"],
];

/**
 * Which market a recording is of, told by the address on its first stream line.
 * @throws ImsError `local-stack.recording` when the file cannot be read or names no Binance stream in its first lines
 */
export async function recordedMarket(file: string): Promise<BinanceMarketName> {
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

async function findMarket(file: string, lines: AsyncIterable<string>): Promise<BinanceMarketName> {
  let seen = 0;
  for await (const line of lines) {
    const url = /"url":"([^"]*)"/.exec(line.slice(0, 4096))?.[1];
    const match = MARKET_OF_HOST.find(([host]) => url !== undefined && host.test(url));
    if (match) return match[1];
    if (++seen === 100) break;
  }
  throw fail("local-stack.recording", `${file} names no Binance stream in its first ${seen} lines`);
}
