import {
  InProcessSocket,
  type VenueSocket,
  type VenueSocketEvents,
} from "../binance/in-process/in-process-socket.js";
import type { BitstampFault } from "./bitstamp-faults.js";
import type { BitstampAnswer } from "./bitstamp-rest.js";
import { BitstampVenue, type BitstampVenueOptions } from "./bitstamp-venue.js";

export interface InProcessBitstampOptions extends BitstampVenueOptions {
  /** How long what a client does takes to arrive, milliseconds; default 0. What the venue sends arrives at once. */
  readonly latencyMillis?: number;
}

/** A simulated Bitstamp without sockets, for simulated time. */
export interface InProcessBitstamp {
  /** Bound, so that it can be handed on as a connector. */
  readonly dial: (url: string, frameBytesMax: number, events: VenueSocketEvents) => VenueSocket;
  request(method: string, url: string): Promise<BitstampAnswer>;
  inject(rule: BitstampFault): void;
  /** What the venue knows to be true, and counts. */
  readonly truth: Pick<
    BitstampVenue,
    "symbols" | "lastTradeId" | "trades" | "book" | "orders" | "connectionCount" | "heartbeatCount"
  >;
  close(): Promise<void>;
}

/** Opens a Bitstamp within this process. Give it the clock of the client under test. */
export function openBitstampVenue(options: InProcessBitstampOptions): InProcessBitstamp {
  const venue = new BitstampVenue(options);
  const sockets = new Set<InProcessSocket>();
  const { clock, latencyMillis = 0 } = options;
  return {
    truth: venue,
    inject: (rule) => venue.inject(rule),
    request: (method, url) => venue.request(method, url),
    dial: (url, frameBytesMax, events) => {
      const socket = new InProcessSocket(
        venue,
        url,
        events,
        { clock, latencyMillis, autoPong: true, frameBytesMax },
        (gone) => sockets.delete(gone),
      );
      sockets.add(socket);
      return socket;
    },
    close: async () => {
      const open = [...sockets];
      venue.close();
      for (const socket of open) socket.destroy();
    },
  };
}
