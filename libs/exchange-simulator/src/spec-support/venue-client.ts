import { SimulatedClock } from "@ims/common";
import type { VenueSocket } from "../binance/in-process/in-process-socket.js";
import { type InProcessVenue, openInProcessVenue } from "../binance/in-process/in-process-venue.js";
import type { BinanceMarketName } from "../binance/markets/market.js";
import type { SyntheticSourceOptions, VenueOptions } from "../binance/simulator-options.js";

/** A client of a venue within the process that keeps what it receives, for tests. */
export class VenueClient {
  readonly frames: string[] = [];
  /** Receive times of the frames, milliseconds since the clock's start. */
  readonly times: number[] = [];
  readonly signs: number[] = [];
  refusedStatus: number | undefined;
  retryAfter: string | undefined;
  closedCode: number | undefined;
  readonly socket: VenueSocket;

  constructor(
    venue: InProcessVenue,
    clock: SimulatedClock,
    url: string,
    readonly onFrame: (text: string) => void = () => {},
  ) {
    this.socket = venue.dial(url, 1024 * 1024, {
      onOpen: () => {},
      onMessage: (bytes) => {
        const text = Buffer.from(bytes).toString();
        this.frames.push(text);
        this.times.push(clock.monotonicMillis());
        onFrame(text);
      },
      onSign: () => this.signs.push(clock.monotonicMillis()),
      onError: () => {},
      onRefused: (status, retryAfter) => {
        this.refusedStatus = status;
        this.retryAfter = retryAfter;
      },
      onClosed: (code) => {
        this.closedCode = code;
      },
    });
  }

  /** All frames so far, parsed. */
  parsed<T>(): T[] {
    return this.frames.map((frame) => JSON.parse(frame) as T);
  }
}

/** A synthetic venue on a clock of its own, with limits out of the way. */
export async function openVenue(
  market: BinanceMarketName,
  source: Partial<SyntheticSourceOptions> = {},
  options: Partial<VenueOptions> = {},
) {
  const clock = new SimulatedClock();
  const venue = await openInProcessVenue({
    market,
    clock,
    source: { kind: "synthetic", seed: 11, tradesPerSecond: 100, symbols: 3, ...source },
    limits: { messagesPerSecond: 1000, requestWeightPerMinute: 1e9 },
    keepDeliveries: true,
    ...options,
  });
  const connect = async (path: string): Promise<VenueClient> => {
    const client = new VenueClient(venue, clock, path);
    await clock.advance(0);
    return client;
  };
  const get = async (path: string) => JSON.parse((await venue.request("GET", path)).body);
  return { venue, clock, connect, get };
}

/** The path prefix that serves a stream type: only USD-M has one. */
export function routed(market: BinanceMarketName, group: "public" | "market", path: string): string {
  return market === "usd-future" ? `/${group}${path}` : path;
}

/** Decimal text to an integer at a scale, exactly, without the simulator's own printing. */
export function unitsOf(text: string, scale: number): bigint {
  const [whole, fraction = ""] = text.split(".");
  const cut = fraction.padEnd(scale, "0");
  if (/[^0]/.test(cut.slice(scale))) throw new Error(`${text} has more than ${scale} decimals`);
  return BigInt(whole! + cut.slice(0, scale));
}
