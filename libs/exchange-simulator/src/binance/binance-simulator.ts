import type { IncomingMessage, ServerResponse } from "node:http";
import { LoopbackServer, type UpgradeDecision } from "../server/loopback-server.js";
import type { FaultRule } from "./faults/fault-script.js";
import type { BinanceSimulator } from "./simulator.js";
import type { BinanceSimulatorOptions } from "./simulator-options.js";
import { WsPeer } from "./socket/ws-peer.js";
import { BinanceVenue } from "./venue.js";

/**
 * Starts one simulated Binance market on a loopback port: REST and WebSocket together.
 *
 * @throws ImsError `simulator.invalid-option`, `simulator.invalid-fault`, `simulator.address-in-use`,
 * `simulator.listen-failed`, `simulator.recording-unreadable`, `simulator.recording-malformed`
 */
export async function startBinanceSimulator(options: BinanceSimulatorOptions): Promise<BinanceSimulator> {
  const venue = await BinanceVenue.open(options);
  try {
    const server = await LoopbackServer.listen(options.host ?? "127.0.0.1", options.port ?? 0, {
      request: (request, response) => void answer(venue, request, response),
      upgrade: (request) => decide(venue, request),
    });
    venue.start(options);
    return new LoopbackSimulator(venue, server);
  } catch (error) {
    await venue.close();
    throw error;
  }
}

/** A venue with a port in front. */
class LoopbackSimulator implements BinanceSimulator {
  readonly market;
  readonly finished;
  readonly faults;
  readonly seed;
  readonly recordedStreams;
  #closing: Promise<void> | undefined;

  constructor(
    private readonly venue: BinanceVenue,
    private readonly server: LoopbackServer,
  ) {
    this.market = venue.market;
    this.finished = venue.finished;
    this.faults = venue.faults;
    this.seed = venue.seed;
    this.recordedStreams = venue.recordedStreams;
  }

  get restUrl(): string {
    return `http://${this.server.authority}`;
  }

  get wsUrl(): string {
    return `ws://${this.server.authority}`;
  }

  get sbeUrl(): string {
    return `${this.wsUrl}/sbe`;
  }

  get port(): number {
    return this.server.port;
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

  deliveries() {
    return this.venue.deliveries();
  }

  inject(rule: FaultRule): void {
    this.venue.inject(rule);
  }

  clearFaults(): void {
    this.venue.clearFaults();
  }

  truth(symbol: string, range?: { readonly fromTradeId: number; readonly toTradeId: number }) {
    return this.venue.truth(symbol, range);
  }

  trades(symbol: string, fromTradeId: number, toTradeId: number) {
    return this.venue.trades(symbol, fromTradeId, toTradeId);
  }

  book(symbol: string, updateId?: number) {
    return this.venue.book(symbol, updateId);
  }

  bars(symbol: string, interval: string, fromMillis: number, toMillis: number) {
    return this.venue.bars(symbol, interval, fromMillis, toMillis);
  }

  close(): Promise<void> {
    this.#closing ??= Promise.all([this.server.close(), this.venue.close()]).then(() => {});
    return this.#closing;
  }
}

async function answer(
  venue: BinanceVenue,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  request.resume();
  try {
    const given = await venue.request({
      method: request.method ?? "GET",
      url: request.url ?? "/",
      timeUnit: header(request, "x-mbx-time-unit"),
      apiKey: header(request, "x-mbx-apikey"),
    });
    if (!given) {
      request.socket.destroy();
      return;
    }
    response.writeHead(given.status, { "Content-Type": "application/json;charset=UTF-8", ...given.headers });
    response.end(request.method === "HEAD" ? undefined : given.body);
  } catch {
    // The venue closed while the answer was being held back.
    request.socket.destroy();
  }
}

function decide(venue: BinanceVenue, request: IncomingMessage): UpgradeDecision {
  const upgrade = venue.upgrade(request.url ?? "/", header(request, "x-mbx-apikey"));
  const { accept } = upgrade;
  return accept ? (socket, transport) => accept(new WsPeer(socket, transport)) : upgrade;
}

function header(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}
