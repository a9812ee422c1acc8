import type { Clock } from "@ims/common";
import type { FairPrice } from "../sources/synthetic/fair-price.js";
import type { FaultScript } from "./faults/fault-script.js";
import type { BinanceMarketName } from "./markets/market.js";
import type { RequestWeight } from "./rest/request-weight.js";

/** A made-up market: everything in it follows from the seed, the symbols, the rate and the clock's start. */
export interface SyntheticSourceOptions {
  readonly kind: "synthetic";
  /** Whole number from 0 to 2^32 − 1; drawn from `random` when absent. */
  readonly seed?: number;
  /**
   * Names in upper case, or how many symbols (1 to 5,000). A name outside the market's built-in list becomes a
   * tradable symbol with middling scales. Absent: the built-in list, about a dozen.
   */
  readonly symbols?: readonly string[] | number;
  /** Average over the whole market, shared unevenly between its symbols; 0 to 1,000,000, default 50. */
  readonly tradesPerSecond?: number;
  /**
   * Futures only: share (0 to 1, default 0) of taker orders that print as INSURANCE_FUND, ADL or NA. They use up
   * trade ids and stay out of bars and aggregate trades, as on the venue.
   */
  readonly unusualTradeShare?: number;
  /** Futures only: share of taker orders that are liquidations, default 0.02. */
  readonly liquidationShare?: number;
  /** Makers' orders per taker order, 0 to 100, default 3. */
  readonly bookUpdatesPerOrder?: number;
  /** Levels per side of each book, 20 to 5,000, default 100. */
  readonly bookLevels?: number;
  /** Made-up minute bars before the start, 0 to 2,880; default 2,880, less for many symbols (300,000 over all). */
  readonly historyMinutes?: number;
  /** What falls due within this time is handled by one timer; 1 to 60,000, default 5. Raise it to simulate months. */
  readonly timerMillis?: number;
  /** Prices that the symbols follow, shared with other venues. Absent: each walks by itself. */
  readonly fairPrice?: FairPrice;
}

/** Recorded sessions, sent to whoever subscribed the stream each frame was recorded from. */
export interface RecordingSourceOptions {
  readonly kind: "recording";
  /** Paths of `.jsonl.gz` (or plain `.jsonl`) files, replayed one after the other. */
  readonly files: readonly string[];
  /** 1 keeps the recorded pace, N divides it; `max` sends as fast as the subscribers read. */
  readonly speed: number | "max";
  /**
   * Holds the replay until each named stream, that many distinct recorded streams, or all of them have a subscriber.
   * Default 1: the first subscriber of any recorded stream starts it.
   */
  readonly startWhenSubscribed?: readonly string[] | number | "all";
  /** A recorded exchangeInfo body (`.json` or `.json.gz`), served as it is in place of one made from the symbols seen. */
  readonly exchangeInfoFile?: string;
}

/** Bounds of the venue; tests may tighten them. Absent ones are the market's own. */
export interface SimulatorLimits {
  /** Incoming frames per second and connection: control messages, pings and pongs together. */
  readonly messagesPerSecond?: number;
  readonly streamsPerConnection?: number;
  /** Connection attempts per five minutes. */
  readonly connectionsPerFiveMinutes?: number;
  readonly requestWeightPerMinute?: number;
  readonly pingIntervalMillis?: number;
  /** How long a ping may stay unanswered. */
  readonly pongTimeoutMillis?: number;
  readonly connectionLifeMillis?: number;
  /** Unsent bytes at which a synthetic market gives up on a reader; default 64 MiB. */
  readonly unsentBytesMax?: number;
}

/** What a logger must offer; pino's loggers do. */
export interface SimulatorLogger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** What every simulated market takes, however it is reached. */
export interface VenueOptions {
  readonly market: BinanceMarketName;
  readonly source: SyntheticSourceOptions | RecordingSourceOptions;
  readonly clock?: Clock;
  /** Uniform in [0, 1); only draws a seed that was not given. Default `Math.random`. */
  readonly random?: () => number;
  readonly logger?: SimulatorLogger;
  readonly limits?: SimulatorLimits;
  /** A weight budget shared with another market, such as one for `fapi` and `dapi`; default one of its own. */
  readonly requestWeight?: RequestWeight;
  /** Keys that may read the binary streams (spot); others are refused with 401. Default: anybody may, without a key. */
  readonly apiKeys?: readonly string[];
  /** What goes wrong, and when. */
  readonly faults?: FaultScript;
  /** Remembers which ids were sent on which connection, for `deliveries()`; default false. */
  readonly keepDeliveries?: boolean;
  /**
   * How control errors look. `wire` (default) is what was recorded, `{"error":{"code","msg"},"id"}`;
   * `documented` is `{"code","msg","id"}`. Spot documentation, "Error Messages" of the streams page, and recordings.
   */
  readonly controlErrorShape?: "wire" | "documented";
}

export interface BinanceSimulatorOptions extends VenueOptions {
  /** Default 0: any free port. */
  readonly port?: number;
  /** A loopback address, default `127.0.0.1`; others are refused. */
  readonly host?: string;
}
