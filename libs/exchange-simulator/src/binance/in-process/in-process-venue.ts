import { systemClock } from "@ims/common";
import { fail } from "../../errors/simulator-errors.js";
import type { SimulatedVenue } from "../simulator.js";
import type { VenueOptions } from "../simulator-options.js";
import { BinanceVenue } from "../venue.js";
import { InProcessSocket, type VenueSocket, type VenueSocketEvents } from "./in-process-socket.js";

export interface InProcessVenueOptions extends VenueOptions {
  /** How long what a client does takes to arrive, milliseconds; default 0. What the venue sends arrives at once. */
  readonly latencyMillis?: number;
  /** Whether sockets answer pings by themselves, as WebSocket libraries do; default true. */
  readonly autoPong?: boolean;
}

export interface VenueAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A simulated market without sockets, for simulated time: months pass as fast as they are computed. */
export interface InProcessVenue extends SimulatedVenue {
  /**
   * Frames of `url` (or its path) go straight to the events; like a WebSocket library's client otherwise.
   *
   * @param headers of the handshake, of which the API key is looked at
   */
  dial(
    url: string,
    frameBytesMax: number,
    events: VenueSocketEvents,
    headers?: Readonly<Record<string, string>>,
  ): VenueSocket;
  /**
   * One REST request; `url` with or without an origin. Rejects with `simulator.connection-cut` where a real request
   * would find its connection cut.
   */
  request(method: string, url: string, headers?: Readonly<Record<string, string>>): Promise<VenueAnswer>;
}

/**
 * Opens a market within this process. Give it the clock of the client under test.
 *
 * @throws ImsError as `startBinanceSimulator`, but for listening
 */
export async function openInProcessVenue(options: InProcessVenueOptions): Promise<InProcessVenue> {
  const venue = await BinanceVenue.open(options);
  try {
    venue.start(options);
  } catch (error) {
    await venue.close();
    throw error;
  }
  return new VenueWithoutSockets(venue, options);
}

class VenueWithoutSockets implements InProcessVenue {
  readonly market;
  readonly finished;
  readonly faults;
  readonly seed;
  readonly recordedStreams;
  readonly inject;
  readonly clearFaults;
  readonly deliveries;
  readonly truth;
  readonly trades;
  readonly book;
  readonly bars;
  readonly #sockets = new Set<InProcessSocket>();

  constructor(
    private readonly venue: BinanceVenue,
    private readonly options: InProcessVenueOptions,
  ) {
    this.market = venue.market;
    this.finished = venue.finished;
    this.faults = venue.faults;
    this.seed = venue.seed;
    this.recordedStreams = venue.recordedStreams;
    this.inject = venue.inject.bind(venue);
    this.clearFaults = venue.clearFaults.bind(venue);
    this.deliveries = venue.deliveries.bind(venue);
    this.truth = venue.truth.bind(venue);
    this.trades = venue.trades.bind(venue);
    this.book = venue.book.bind(venue);
    this.bars = venue.bars.bind(venue);
  }

  get symbols() {
    return this.venue.symbols;
  }

  get stats() {
    return this.venue.stats;
  }

  get faultLog() {
    return this.venue.faultLog;
  }

  /** Bound, so that it can be handed on as a connector. */
  readonly dial = (
    url: string,
    frameBytesMax: number,
    events: VenueSocketEvents,
    headers: Readonly<Record<string, string>> = {},
  ): VenueSocket => {
    const { clock = systemClock, latencyMillis = 0, autoPong = true } = this.options;
    const socket = new InProcessSocket(
      this.venue,
      pathOf(url),
      events,
      { clock, latencyMillis, autoPong, frameBytesMax, apiKey: lowerCaseNames(headers)["x-mbx-apikey"] },
      (gone) => this.#sockets.delete(gone),
    );
    this.#sockets.add(socket);
    return socket;
  };

  readonly request = async (
    method: string,
    url: string,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<VenueAnswer> => {
    if (this.venue.isClosed)
      throw fail("simulator.closed-early", `${method} ${pathOf(url)}: the venue is closed`);
    const lower = lowerCaseNames(headers);
    const answer = await this.venue.request({
      method,
      url: pathOf(url),
      timeUnit: lower["x-mbx-time-unit"],
      apiKey: lower["x-mbx-apikey"],
    });
    if (!answer) throw fail("simulator.connection-cut", `the connection of ${method} ${pathOf(url)} was cut`);
    const given = Object.entries(answer.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]);
    return { status: answer.status, headers: Object.fromEntries(given), body: answer.body };
  };

  async close(): Promise<void> {
    const open = [...this.#sockets];
    const closed = this.venue.close();
    for (const socket of open) socket.destroy();
    await closed;
  }
}

function lowerCaseNames(headers: Readonly<Record<string, string>>): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

/** `wss://host/ws/a` and `/ws/a` alike. */
function pathOf(url: string): string {
  return url.replace(/^[a-z]+:\/\/[^/]*/i, "") || "/";
}
