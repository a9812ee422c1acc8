import type { IncomingMessage, ServerResponse } from "node:http";
import { type Clock, systemClock } from "@ims/common";
import type { WebSocket } from "ws";
import { fail } from "../errors/simulator-errors.js";
import { LoopbackServer } from "../server/loopback-server.js";
import type { MarketSource } from "../sources/market-source.js";
import { RecordingSource } from "../sources/recording/recording-source.js";
import { SyntheticSource } from "../sources/synthetic/synthetic-source.js";
import type { BinanceMarket } from "./markets/market.js";
import { BINANCE_MARKETS } from "./markets/markets.js";
import { RestService } from "./rest/rest-service.js";
import type { BinanceSimulator, SimulatorFaults, SimulatorStats } from "./simulator.js";
import type { BinanceSimulatorOptions } from "./simulator-options.js";
import { SocketService } from "./socket/socket-service.js";
import { parseStreamAddress } from "./socket/stream-address.js";
import { StreamHub } from "./socket/stream-hub.js";

const UNSENT_BYTES_MAX = 64 * 1024 * 1024;

/**
 * Starts one simulated Binance market on a loopback port: REST and WebSocket together.
 *
 * @throws ImsError `simulator.invalid-option`, `simulator.address-in-use`, `simulator.listen-failed`,
 * `simulator.recording-unreadable`, `simulator.recording-malformed`
 */
export async function startBinanceSimulator(options: BinanceSimulatorOptions): Promise<BinanceSimulator> {
  const market = BINANCE_MARKETS[options.market];
  if (!market) {
    const known = Object.keys(BINANCE_MARKETS).join(", ");
    throw fail("simulator.invalid-option", `market "${String(options.market)}" is none of ${known}`);
  }
  const clock = options.clock ?? systemClock;
  const source = await openSource(market, options, clock);
  return RunningSimulator.start(market, options, clock, source);
}

async function openSource(
  market: BinanceMarket,
  options: BinanceSimulatorOptions,
  clock: Clock,
): Promise<MarketSource> {
  const { source } = options;
  if (source.kind === "recording") return RecordingSource.open(market, source, clock);
  const seed = source.seed ?? Math.floor((options.random ?? Math.random)() * 2 ** 32);
  return new SyntheticSource(market, source, seed, clock);
}

class RunningSimulator implements BinanceSimulator {
  readonly faults: SimulatorFaults;
  readonly finished: Promise<void>;
  readonly #hub: StreamHub;
  readonly #sockets: SocketService;
  readonly #rest: RestService;
  #server: LoopbackServer | undefined;
  #refuseConnections = false;
  #closing: Promise<void> | undefined;

  private constructor(
    private readonly market: BinanceMarket,
    options: BinanceSimulatorOptions,
    clock: Clock,
    private readonly source: MarketSource,
  ) {
    const limits = options.limits ?? {};
    this.#hub = new StreamHub(market, limits.unsentBytesMax ?? UNSENT_BYTES_MAX, (stream, wanted) =>
      source.streamWanted(stream, wanted),
    );
    const shape = options.controlErrorShape ?? "wire";
    this.#sockets = new SocketService(market, limits, this.#hub, clock, shape, options.logger);
    const weight = limits.requestWeightPerMinute ?? market.requestWeightPerMinute;
    this.#rest = new RestService(market, source, clock, weight);
    this.finished = source.finished;
    this.faults = {
      dropConnections: () => this.#sockets.dropAll(),
      sendRaw: (stream, text) => this.#hub.sendRaw(stream, text),
      silence: (stream) => this.#hub.silence(stream),
      resume: (stream) => this.#hub.resume(stream),
      refuseConnections: (refuse) => {
        this.#refuseConnections = refuse;
      },
      refuseRest: (refuse) => {
        this.#rest.refuse = refuse;
      },
      ignoreControl: (ignore) => {
        this.#sockets.ignoreControl = ignore;
      },
    };
  }

  static async start(
    market: BinanceMarket,
    options: BinanceSimulatorOptions,
    clock: Clock,
    source: MarketSource,
  ): Promise<BinanceSimulator> {
    const simulator = new RunningSimulator(market, options, clock, source);
    try {
      simulator.#server = await LoopbackServer.listen(options.host ?? "127.0.0.1", options.port ?? 0, {
        request: (request, response) => simulator.#request(request, response),
        upgrade: (request) => simulator.#upgrade(request),
      });
    } catch (error) {
      await source.close();
      throw error;
    }
    source.start(simulator.#hub);
    return simulator;
  }

  get restUrl(): string {
    return `http://${this.#server!.authority}`;
  }

  get wsUrl(): string {
    return `ws://${this.#server!.authority}`;
  }

  get port(): number {
    return this.#server!.port;
  }

  get seed(): number | undefined {
    return this.source.seed;
  }

  get symbols(): readonly string[] {
    return this.source.instruments.map(({ symbol }) => symbol);
  }

  get stats(): SimulatorStats {
    return {
      connectionCount: this.#sockets.connections.size,
      acceptedConnectionCount: this.#sockets.acceptedCount,
      subscriptionCount: this.#sockets.subscriptionCount,
      ...this.#hub.counters,
      controlMessageCount: this.#sockets.controlCount,
      restRequestCount: this.#rest.requestCount,
      policyCloseCount: this.#sockets.policyCloseCount,
    };
  }

  truth(symbol: string, range?: { readonly fromTradeId: number; readonly toTradeId: number }) {
    return this.source.truth(symbol, range);
  }

  close(): Promise<void> {
    this.#closing ??= Promise.all([this.#server!.close(), this.source.close()]).then(() => {});
    return this.#closing;
  }

  #request(request: IncomingMessage, response: ServerResponse): void {
    const answer = this.#rest.answer({
      method: request.method ?? "GET",
      url: request.url ?? "/",
      timeUnit: header(request, "x-mbx-time-unit"),
      apiKey: header(request, "x-mbx-apikey"),
    });
    request.resume();
    response.writeHead(answer.status, {
      "Content-Type": "application/json;charset=UTF-8",
      ...answer.headers,
    });
    response.end(request.method === "HEAD" ? undefined : answer.body);
  }

  #upgrade(request: IncomingMessage): { readonly status: number } | ((socket: WebSocket) => void) {
    if (this.#refuseConnections) return { status: 503 };
    if (!this.#sockets.admitAttempt()) return { status: 429 };
    const address = parseStreamAddress(this.market, request.url ?? "/");
    if (!address) return { status: 404 };
    return (socket) => this.#sockets.accept(socket, address);
  }
}

function header(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}
