import type { BinanceMarket, BinaryStreams } from "../market/binance-market.js";
import type { BinanceChannel } from "../market/channels.js";

/** What a stream is called as JSON and as binary frames: `btcusdt@bookTicker` is `btcusdt@bestBidAsk` there. */
export class StreamNames {
  /** What stands behind the symbol, by that of the other kind. */
  readonly #binary = new Map<string, string>();
  readonly #json = new Map<string, string>();

  constructor({ channels }: BinanceMarket, streams: BinaryStreams["streams"]) {
    for (const channel of Object.keys(streams) as BinanceChannel[]) {
      const json = channels[channel]?.stream;
      const binary = streams[channel];
      if (json === undefined || binary === undefined) continue;
      this.#binary.set(json, binary);
      this.#json.set(binary, json);
    }
  }

  /** Undefined for streams that are JSON alone. */
  binary(json: string): string | undefined {
    return renamed(json, this.#binary);
  }

  /** The JSON name of a stream of the binary hosts. */
  json(binary: string): string {
    return renamed(binary, this.#json) ?? binary;
  }
}

function renamed(name: string, suffixes: ReadonlyMap<string, string>): string | undefined {
  const at = name.indexOf("@");
  if (at < 0) return undefined;
  const suffix = suffixes.get(name.slice(at));
  return suffix === undefined ? undefined : `${name.slice(0, at)}${suffix}`;
}
