import type { Clock } from "@ims/common";
import {
  type BinanceMarketName,
  type BinanceSimulator,
  startBinanceSimulator,
} from "@ims/exchange-simulator";
import { recordedMarket } from "./recorded-market.js";
import type { StackOptions } from "./stack-options.js";

/** Trades a second over all symbols of the simulated market: enough to look alive, slow enough to read. */
const TRADES_PER_SECOND = 12;

/** Where the service reads from. */
export interface Venue {
  readonly market: BinanceMarketName;
  readonly title: string;
  readonly tradesChannel: "trade" | "aggTrade";
  /** Undefined: the venue's own hosts. */
  readonly simulator: BinanceSimulator | undefined;
  /** What to print unless told otherwise. */
  readonly symbols: readonly string[];
}

export async function openVenue(options: StackOptions, clock: Clock): Promise<Venue> {
  if (options.source === "live") {
    return {
      market: "spot",
      title: "Binance spot, live",
      tradesChannel: "trade",
      simulator: undefined,
      symbols: ["BTCUSDT", "ETHUSDT"],
    };
  }
  if (options.source === "recording") return await openRecording(options, clock);
  const simulator = await startBinanceSimulator({
    market: "spot",
    source: { kind: "synthetic", seed: options.seed, tradesPerSecond: TRADES_PER_SECOND },
    clock,
  });
  return {
    market: "spot",
    tradesChannel: "trade",
    title: `simulated Binance spot, seed ${simulator.seed}`,
    simulator,
    symbols: ["BTCUSDT", "ETHUSDT"],
  };
}

async function openRecording(options: StackOptions, clock: Clock): Promise<Venue> {
  const { market, tradesChannel, streams } = await recordedMarket(options.recordingFiles[0]!);
  const simulator = await startBinanceSimulator({
    market,
    source: {
      kind: "recording",
      files: options.recordingFiles,
      speed: options.speed,
      startWhenSubscribed: awaitedStreams(streams, options.symbols),
    },
    clock,
  });
  return {
    market,
    tradesChannel,
    title: `recorded Binance ${market}, ${options.recordingFiles.join(", ")}`,
    simulator,
    symbols: simulator.symbols,
  };
}

/** The streams of the wished symbols, or all; without any the replay starts with its first subscriber. */
function awaitedStreams(streams: readonly string[], symbols: readonly string[]): readonly string[] | number {
  const wished = streams.filter(
    (stream) => symbols.length === 0 || symbols.includes(stream.split("@")[0]!.toUpperCase()),
  );
  return wished.length > 0 ? wished : 1;
}
