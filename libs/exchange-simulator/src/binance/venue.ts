import { type Clock, sleep, systemClock, type TimerHandle } from "@ims/common";
import { fail } from "../errors/simulator-errors.js";
import type { MarketSource } from "../sources/market-source.js";
import { RecordingSource } from "../sources/recording/recording-source.js";
import { SyntheticSource } from "../sources/synthetic/synthetic-source.js";
import { DeliveryLog } from "./faults/delivery-log.js";
import { FaultEngine } from "./faults/fault-engine.js";
import { checkFaultRule } from "./faults/fault-rules.js";
import type { ConnectionFault, FaultRule, VenueFault } from "./faults/fault-script.js";
import { actOnVenue, checkFits } from "./faults/venue-faults.js";
import type { BinanceMarket, BinanceMarketName } from "./markets/market.js";
import { BINANCE_MARKETS } from "./markets/markets.js";
import { RequestWeight } from "./rest/request-weight.js";
import { errorBody, type RestAnswer } from "./rest/rest-answer.js";
import { type RestRequest, RestService } from "./rest/rest-service.js";
import type { SimulatedVenue, SimulatorFaults, SimulatorStats } from "./simulator.js";
import type { VenueOptions } from "./simulator-options.js";
import type { Peer } from "./socket/peer.js";
import { SocketService } from "./socket/socket-service.js";
import { parseStreamAddress } from "./socket/stream-address.js";
import { StreamHub } from "./socket/stream-hub.js";
import { VenueClock } from "./venue-clock.js";
import { barsOf, bookOf } from "./venue-truth.js";

const UNSENT_BYTES_MAX = 64 * 1024 * 1024;

/** What becomes of a wish to open a WebSocket: a refusal, or what to do with the open socket. */
export type Upgrade =
  | { readonly status: number; readonly retryAfterSeconds?: number; readonly accept?: undefined }
  | { readonly accept: (peer: Peer) => void };

/** One simulated market without a way to reach it: the socket server and the in-process venue put one in front. */
export class BinanceVenue implements SimulatedVenue {
  readonly market: BinanceMarketName;
  readonly finished: Promise<void>;
  readonly faults: SimulatorFaults;
  readonly #hub: StreamHub;
  readonly #sockets: SocketService;
  readonly #rest: RestService;
  readonly #engine: FaultEngine;
  readonly #log: DeliveryLog;
  readonly #timers = new Set<TimerHandle>();
  readonly #closing = new AbortController();
  readonly #startMillis: number;
  readonly #apiKeys: ReadonlySet<string> | undefined;
  #refuseConnections = false;

  private constructor(
    private readonly rules: BinanceMarket,
    options: VenueOptions,
    private readonly clock: VenueClock,
    private readonly source: MarketSource,
  ) {
    const limits = options.limits ?? {};
    this.market = rules.name;
    this.#startMillis = clock.monotonicMillis();
    this.#engine = new FaultEngine(options.faults?.seed ?? 0, () => this.#sinceStartMillis());
    this.#log = new DeliveryLog(options.keepDeliveries ?? false);
    this.#hub = new StreamHub(
      rules,
      limits.unsentBytesMax ?? UNSENT_BYTES_MAX,
      (stream, wanted) => source.streamWanted(stream, wanted),
      (stream, firstId, lastId) => this.#loses(stream, firstId, lastId),
      () => clock.nowMicros(),
    );
    this.#apiKeys = options.apiKeys && new Set(options.apiKeys);
    this.#sockets = new SocketService(
      rules,
      limits,
      this.#hub,
      clock,
      options.controlErrorShape ?? "wire",
      options.logger,
      this.#engine,
      this.#log,
      () => this.#sinceStartMillis(),
    );
    const weight = limits.requestWeightPerMinute ?? rules.requestWeightPerMinute;
    this.#rest = new RestService(
      rules,
      source,
      clock,
      options.requestWeight ?? new RequestWeight(clock, weight),
    );
    this.finished = source.finished;
    this.faults = this.#switches();
  }

  /**
   * @throws ImsError `simulator.invalid-option`, `simulator.invalid-fault`, `simulator.recording-unreadable`,
   * `simulator.recording-malformed`
   */
  static async open(options: VenueOptions): Promise<BinanceVenue> {
    const market = BINANCE_MARKETS[options.market];
    if (!market) {
      const known = Object.keys(BINANCE_MARKETS).join(", ");
      throw fail("simulator.invalid-option", `market "${String(options.market)}" is none of ${known}`);
    }
    const rules = options.faults?.rules ?? [];
    rules.forEach((rule, at) => void checkFaultRule(rule, `rule ${at + 1}`));
    const clock = new VenueClock(options.clock ?? systemClock);
    return new BinanceVenue(market, options, clock, await openSource(market, options, clock));
  }

  /** Begins to trade and arms the fault script. */
  start(options: VenueOptions): void {
    this.source.start(this.#hub);
    for (const rule of options.faults?.rules ?? []) this.inject(rule);
  }

  get seed(): number | undefined {
    return this.source.seed;
  }

  get symbols(): readonly string[] {
    return this.source.instruments.map(({ symbol }) => symbol);
  }

  get recordedStreams(): readonly string[] {
    return this.source.recordedStreams;
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

  get faultLog() {
    return this.#log.faults;
  }

  deliveries() {
    return this.#log.deliveries();
  }

  truth(symbol: string, range?: { readonly fromTradeId: number; readonly toTradeId: number }) {
    return this.source.truth(symbol, range);
  }

  trades(symbol: string, fromTradeId: number, toTradeId: number) {
    return this.source.tradeTruth(symbol, fromTradeId, toTradeId);
  }

  book(symbol: string, updateId?: number) {
    return bookOf(this.source, symbol, updateId);
  }

  bars(symbol: string, interval: string, fromMillis: number, toMillis: number) {
    return barsOf(this.rules, this.source, symbol, interval, fromMillis, toMillis);
  }

  inject(rule: FaultRule): void {
    checkFaultRule(rule, "the rule");
    checkFits(rule, this.market, this.source);
    const { atMillis } = rule as { atMillis?: number };
    if (atMillis === undefined) {
      this.#engine.arm(rule);
      return;
    }
    this.#later(atMillis - this.#sinceStartMillis(), () =>
      this.#actAtTime(rule as ConnectionFault | VenueFault),
    );
  }

  clearFaults(): void {
    this.#engine.disarmAll();
    this.#cancelTimers();
  }

  /** Answers a REST request; undefined cuts the connection instead. Rejects only when the venue closes meanwhile. */
  async request(request: RestRequest): Promise<RestAnswer | undefined> {
    const rule = this.#engine.rest(this.#pathOf(request));
    if (!rule) return this.#rest.answer(request);
    const path = this.#pathOf(request);
    this.#log.fault({ atMillis: this.#sinceStartMillis(), fault: rule.fault, path });
    switch (rule.fault) {
      case "rest-reset":
        return undefined;
      case "rest-ban":
        this.#rest.ban(rule.seconds * 1000);
        return this.#rest.answer(request);
      case "stale-snapshot":
        return this.#rest.answer(request, rule.updates);
      case "rest-malformed": {
        const answer = this.#rest.answer(request);
        return { ...answer, body: answer.body.slice(0, Math.max(1, answer.body.length >> 1)) };
      }
      case "rest-delay": {
        const answer = this.#rest.answer(request);
        await sleep(this.clock, rule.millis, this.#closing.signal);
        return answer;
      }
      case "rest-status": {
        const { headers } = this.#rest.answer(request);
        const retry: Record<string, string> =
          rule.retryAfterSeconds === undefined ? {} : { "Retry-After": `${rule.retryAfterSeconds}` };
        const body = rule.code === undefined ? "" : errorBody(rule.code, rule.msg ?? "");
        return { status: rule.status, body, headers: { ...headers, ...retry } };
      }
    }
  }

  /** Whether nobody listens here any more. */
  get isClosed(): boolean {
    return this.#closing.signal.aborted;
  }

  /** Decides about a WebSocket upgrade. @param apiKey the header that the binary streams want */
  upgrade(url: string, apiKey?: string): Upgrade {
    if (this.#refuseConnections) return { status: 503 };
    if (!this.#sockets.admitAttempt()) return { status: 429 };
    const rule = this.#sockets.refusal();
    if (rule) return { status: rule.status ?? 503, retryAfterSeconds: rule.retryAfterSeconds };
    const address = parseStreamAddress(this.rules, url);
    if (address?.format === "sbe" && this.#apiKeys?.has(apiKey ?? "") === false) return { status: 401 };
    return address ? { accept: (peer) => this.#sockets.accept(peer, address) } : { status: 404 };
  }

  async close(): Promise<void> {
    this.#closing.abort(fail("simulator.closed-early", "the simulator was closed"));
    this.#cancelTimers();
    this.#sockets.dropAll();
    await this.source.close();
  }

  #actAtTime(rule: ConnectionFault | VenueFault): void {
    if (rule.fault === "close" || rule.fault === "reset" || rule.fault === "half-open") {
      this.#sockets.breakConnections(rule);
      return;
    }
    const acted = actOnVenue(rule, {
      source: this.source,
      sockets: this.#sockets,
      clock: this.clock,
      later: (delayMillis, act) => this.#later(delayMillis, act),
    });
    if (acted) this.#log.fault({ atMillis: this.#sinceStartMillis(), fault: rule.fault });
  }

  #loses(stream: string, firstId: number, lastId: number): boolean {
    if (!this.#engine.loss(stream)) return false;
    this.#log.fault({ atMillis: this.#sinceStartMillis(), fault: "gap", stream, firstId, lastId });
    return true;
  }

  #pathOf(request: RestRequest): string {
    const path = request.url.split("?")[0]!;
    const prefix = `${this.rules.restPrefix}/`;
    return path.startsWith(prefix) ? path.slice(prefix.length) : path;
  }

  #sinceStartMillis(): number {
    return this.clock.monotonicMillis() - this.#startMillis;
  }

  #later(delayMillis: number, act: () => void): void {
    const timer = this.clock.setTimer(delayMillis, () => {
      this.#timers.delete(timer);
      act();
    });
    this.#timers.add(timer);
  }

  #cancelTimers(): void {
    for (const timer of this.#timers) timer.cancel();
    this.#timers.clear();
  }

  #switches(): SimulatorFaults {
    return {
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
}

async function openSource(market: BinanceMarket, options: VenueOptions, clock: Clock): Promise<MarketSource> {
  const { source } = options;
  if (source.kind === "recording") return RecordingSource.open(market, source, clock);
  const seed = source.seed ?? Math.floor((options.random ?? Math.random)() * 2 ** 32);
  return new SyntheticSource(market, source, seed, clock);
}
