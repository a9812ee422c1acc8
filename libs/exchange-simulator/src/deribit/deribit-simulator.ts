import type { IncomingMessage, ServerResponse } from "node:http";
import { describeError, systemClock } from "@ims/common";
import { WsPeer } from "../binance/socket/ws-peer.js";
import { LoopbackServer } from "../server/loopback-server.js";
import type { DeribitFault } from "./deribit-faults.js";
import { DeribitVenue, type DeribitVenueOptions } from "./deribit-venue.js";
import { RpcError, rpcError } from "./rpc-answers.js";
import { type SyntheticDeribitOptions, syntheticDeribitMarket } from "./synthetic-market.js";

export interface DeribitSimulatorOptions
  extends Partial<Pick<DeribitVenueOptions, "clock" | "login" | "market" | "seed">> {
  /** A loopback address. Default 127.0.0.1. */
  readonly host?: string;
  /** Default 0: any free one. */
  readonly port?: number;
  /** Of the synthetic market, where no `market` is given. */
  readonly synthetic?: SyntheticDeribitOptions;
}

/** A simulated Deribit behind a port. */
export interface DeribitSimulator {
  /** Before the names of methods: `http://127.0.0.1:1234/api/v2`, the `DERIBIT_REST_URL` of a service. */
  readonly restUrl: string;
  /** `ws://127.0.0.1:1234/ws/api/v2`, the `DERIBIT_WS_URL` of a service. */
  readonly wsUrl: string;
  readonly port: number;
  /** Names of what is listed now. */
  readonly symbols: readonly string[];
  readonly truth: Pick<
    DeribitVenue,
    "instruments" | "lastSeq" | "trades" | "connectionCount" | "counters" | "market" | "nowMillis"
  >;
  inject(rule: DeribitFault): void;
  close(): Promise<void>;
}

const REST_PATH = "/api/v2";
const BODY_BYTES_MAX = 64 * 1024;

/**
 * Starts a simulated Deribit on a loopback port: JSON-RPC over WebSocket, and over HTTP by GET and POST.
 *
 * @throws ImsError `simulator.invalid-option`, `simulator.address-in-use`, `simulator.listen-failed`
 */
export async function startDeribitSimulator(
  options: DeribitSimulatorOptions = {},
): Promise<DeribitSimulator> {
  const clock = options.clock ?? systemClock;
  const market =
    options.market ?? syntheticDeribitMarket(Math.floor(clock.nowMicros() / 1000), options.synthetic);
  const venue = new DeribitVenue({ ...options, clock, market });
  const closing = new AbortController();
  try {
    const server = await LoopbackServer.listen(options.host ?? "127.0.0.1", options.port ?? 0, {
      request: (request, response) => void answer(venue, closing.signal, request, response),
      upgrade: () => {
        const { accept } = venue.upgrade();
        return accept ? (socket, transport) => accept(new WsPeer(socket, transport)) : { status: 503 };
      },
    });
    return {
      restUrl: `http://${server.authority}${REST_PATH}`,
      wsUrl: `ws://${server.authority}/ws${REST_PATH}`,
      port: server.port,
      get symbols() {
        return venue.instruments.map(({ symbol }) => symbol);
      },
      truth: venue,
      inject: (rule) => venue.inject(rule),
      close: async () => {
        closing.abort();
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
  venue: DeribitVenue,
  closing: AbortSignal,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    const url = await urlOf(request);
    await venue.holdBack(closing);
    const { body, status } =
      url === undefined
        ? { status: 400, body: rpcError(undefined, RpcError.InvalidParams, "no request in JSON") }
        : venue.request(url);
    response.writeHead(status, { "content-type": "application/json" });
    response.end(body);
  } catch (error) {
    // Closed while the answer was held back, or the client went away.
    request.socket.destroy(new Error(describeError(error)));
  }
}

/** A POST carries one request in JSON-RPC; it becomes the GET that means the same. Undefined for what is neither. */
async function urlOf(request: IncomingMessage): Promise<string | undefined> {
  if (request.method !== "POST") {
    request.resume();
    return request.url ?? "/";
  }
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    length += part.length;
    if (length > BODY_BYTES_MAX) return undefined;
    parts.push(part);
  }
  try {
    const { method, params } = JSON.parse(Buffer.concat(parts).toString()) as {
      method?: unknown;
      params?: Readonly<Record<string, unknown>>;
    };
    if (typeof method !== "string") return undefined;
    const query = Object.entries(params ?? {}).map(
      ([key, value]) => [key, String(value)] as [string, string],
    );
    return `${REST_PATH}/${method}?${new URLSearchParams(query)}`;
  } catch {
    return undefined;
  }
}
