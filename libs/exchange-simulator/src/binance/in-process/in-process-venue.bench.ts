import { fileURLToPath } from "node:url";
import { SimulatedClock } from "@ims/common";
import { openInProcessVenue } from "./in-process-venue.js";

export interface VenueFigures {
  readonly what: string;
  readonly frames: number;
  /** Frames made and delivered per second of this process's own CPU time, simulation of the market included. */
  readonly framesPerCpuSecond: number;
  readonly megabytesPerCpuSecond: number;
}

const CASES: readonly (readonly [symbols: number, types: readonly string[]])[] = [
  [10, ["trade"]],
  [1500, ["trade", "bookTicker"]],
  [100, ["trade", "bookTicker", "depth@100ms"]],
  [3000, ["trade", "bookTicker"]],
];

const STREAMS_PER_CONNECTION = 1000;

/** Runs spot markets of several sizes for so much simulated time, all streams of the named types subscribed. */
export async function benchVenue(simulatedMillis: number, tradesPerSecond: number): Promise<VenueFigures[]> {
  const figures: VenueFigures[] = [];
  for (const [symbols, types] of CASES) {
    const clock = new SimulatedClock();
    const venue = await openInProcessVenue({
      market: "spot",
      clock,
      source: { kind: "synthetic", seed: 1, symbols, tradesPerSecond },
    });
    const streams = venue.symbols.flatMap((symbol) => types.map((type) => `${symbol.toLowerCase()}@${type}`));
    let frames = 0;
    let bytes = 0;
    for (let at = 0; at < streams.length; at += STREAMS_PER_CONNECTION) {
      const names = streams.slice(at, at + STREAMS_PER_CONNECTION).join("/");
      venue.dial(`/stream?streams=${names}`, 1024 * 1024, {
        onOpen: () => {},
        onMessage: (frame) => {
          frames++;
          bytes += frame.length;
        },
        onSign: () => {},
        onError: () => {},
        onRefused: () => {},
        onClosed: () => {},
      });
    }
    await clock.advance(10);
    const before = process.cpuUsage();
    await clock.advance(simulatedMillis);
    const { user, system } = process.cpuUsage(before);
    const seconds = (user + system) / 1e6;
    await venue.close();
    figures.push({
      what: `${symbols} symbols: ${types.join(", ")}`,
      frames,
      framesPerCpuSecond: Math.round(frames / seconds),
      megabytesPerCpuSecond: Math.round(bytes / seconds / 1e6),
    });
  }
  return figures;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  console.table(await benchVenue(10_000, 40_000));
}
