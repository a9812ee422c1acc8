import type { IncomingMessage, ServerResponse } from "node:http";
import { systemClock } from "@ims/common";
import { WsPeer } from "../binance/socket/ws-peer.js";
import { LoopbackServer } from "../server/loopback-server.js";
import type { BitstampFault } from "./bitstamp-faults.js";
import { BitstampVenue, type BitstampVenueOptions } from "./bitstamp-venue.js";

export interface BitstampSimulatorOptions extends Partial<BitstampVenueOptions> {
  /** A loopback address. Default 127.0.0.1. */
  readonly host?: string;
  /** Default 0: any free one. */
  readonly port?: number;
}

/** A simulated Bitstamp behind a port. */
export interface BitstampSimulator {
  readonly restUrl: string;
  readonly wsUrl: string;
  readonly port: number;
  readonly truth: Pick<
    BitstampVenue,
    "symbols" | "lastTradeId" | "trades" | "book" | "orders" | "connectionCount"
  >;
  inject(rule: BitstampFault): void;
  close(): Promise<void>;
}

/**
 * Starts a simulated Bitstamp on a loopback port: REST and WebSocket together.
 *
 * @throws ImsError `simulator.invalid-option`, `simulator.address-in-use`, `simulator.listen-failed`
 */
export async function startBitstampSimulator(
  options: BitstampSimulatorOptions = {},
): Promise<BitstampSimulator> {
  const venue = new BitstampVenue({ ...options, clock: options.clock ?? systemClock });
  try {
    const server = await LoopbackServer.listen(options.host ?? "127.0.0.1", options.port ?? 0, {
      request: (request, response) => void answer(venue, request, response),
      upgrade: () => {
        const { accept } = venue.upgrade();
        return accept ? (socket, transport) => accept(new WsPeer(socket, transport)) : { status: 503 };
      },
    });
    return {
      restUrl: `http://${server.authority}`,
      wsUrl: `ws://${server.authority}`,
      port: server.port,
      truth: venue,
      inject: (rule) => venue.inject(rule),
      close: async () => {
        venue.close();
        await server.close();
      },
    };
  } catch (error) {
    venue.close();
    throw error;
  }
}

async function answer(
  venue: BitstampVenue,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  request.resume();
  try {
    const { body, headers, status } = await venue.request(request.method ?? "GET", request.url ?? "/");
    response.writeHead(status, headers);
    response.end(body);
  } catch {
    // The venue closed while the answer was being held back.
    request.socket.destroy();
  }
}
