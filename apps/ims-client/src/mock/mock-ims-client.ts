import {
  ClientErrorCode,
  DataErrorCode,
  type DataType,
  didYouMean,
  type ExchangeId,
  exchangeName,
  type Instrument,
} from "@ims/common";
import { queueOptions, symbolList } from "../client/client-arguments.js";
import type { ClientEvents } from "../client/client-events.js";
import {
  ClientFeeds,
  type IterationOptions,
  type StartOptions,
  type Symbols,
} from "../client/client-feeds.js";
import { resolveExchange } from "../client/client-settings.js";
import type { MarketDataClient } from "../client/market-data-client.js";
import type { LoginAccepted } from "../control/reply.js";
import type { Subscription } from "../delivery/delivery.js";
import { MessageHub, type MessageListener, type RecordListener } from "../delivery/message-hub.js";
import { checkStartFrom } from "../delivery/start-from.js";
import { fail } from "../errors/client-errors.js";
import { TypedEmitter } from "../events/typed-emitter.js";
import type { GapMessage } from "../records/feed-message.js";
import type { MarketMessage, MarketMessageType } from "../records/market-message.js";
import { RecordDecoder } from "../records/record-decoder.js";
import type { FlyweightListener } from "../records/record-flyweights.js";
import { feedText, MockFeeds } from "./mock-feeds.js";
import { MockLine } from "./mock-line.js";

export interface MockClientOptions {
  /** Default `binancespot`. */
  readonly exchange?: ExchangeId | string | undefined;
  readonly clientId?: number | undefined;
  /** What {@link MockImsClient.symbols} gives. With it, other symbols are refused as a service does. */
  readonly instruments?: readonly Instrument[] | undefined;
  /** Messages that one iteration holds at most. Default 10,000. */
  readonly queueCapacity?: number | undefined;
}

/**
 * A client without broker and service, for the tests of programs: the same calls, iterations and refusals as those of
 * {@link ImsClient}, and the test says what happens.
 *
 * ```ts
 * const client = new MockImsClient();
 * await client.login();
 * await client.startTradeData("BTCUSDT");
 * client.publish(mockTrade({ symbol: "BTCUSDT", price: "61837.63" }));
 * const { value } = await client.trades().next();
 * ```
 */
export class MockImsClient extends ClientFeeds implements MarketDataClient {
  readonly exchange: ExchangeId;
  readonly clientId: number;
  readonly duplicatesSkipped = 0;
  /** What was asked for, in order: `login`, `start trades BTCUSDT`, `start bars BTCUSDT 1m`, `stop-all`… */
  readonly requests: string[] = [];
  readonly #events = new TypedEmitter<ClientEvents>();
  readonly #hub: MessageHub;
  readonly #lines = new Map<MarketMessageType, MockLine>();
  readonly #feeds: MockFeeds;
  readonly #gaps: GapMessage[] = [];
  readonly #instruments: readonly Instrument[] | undefined;
  readonly #queueCapacity: number;
  #refusal: { readonly text: string; readonly code: number } | undefined;
  #isLoggedIn = false;
  #isClosed = false;

  constructor({
    exchange = "binancespot",
    clientId = 1000,
    instruments,
    queueCapacity,
  }: MockClientOptions = {}) {
    super();
    this.exchange = resolveExchange(exchange);
    this.clientId = clientId;
    this.#instruments = instruments;
    this.#queueCapacity = queueCapacity ?? 10_000;
    this.#feeds = new MockFeeds(`${exchangeName(this.exchange)}-market-data`);
    this.#hub = new MessageHub({
      callbackFailed: (error) => this.emit("error", error),
      slow: (iteration) => this.emit("slow", iteration),
    });
  }

  get exchangeName(): string {
    return exchangeName(this.exchange)!;
  }

  get isLoggedIn(): boolean {
    return this.#isLoggedIn;
  }

  get subscriptions(): readonly Subscription[] {
    return this.#feeds.running;
  }

  /**
   * A message arrives. Those of feeds that run wait for an iteration as in a broker; others are not seen by a client and
   * are dropped. Its offset and partition are set, rising within each type. {@link onRecord} and {@link onFlyweight} get
   * none of it: see {@link publishRecord}.
   * @returns whether its feed runs
   */
  publish(message: MarketMessage): boolean {
    if (message.type === "gap") this.#gaps.push(message);
    if (!this.#feeds.wants(message)) return false;
    const placed = { ...message, partitionId: 0, offset: this.#feeds.nextOffset(message.type) };
    this.#lineOf(message.type).add(() => this.#hub.publishMessage(placed));
    return true;
  }

  /**
   * An encoded record arrives, SBE header first: iterations get its message, {@link onRecord} and {@link onFlyweight} the
   * bytes, whether or not its feed runs. The bytes must stay unchanged.
   * @throws ImsError `sbe.*` for bytes that are no whole message; Error for a template that is no market data
   */
  publishRecord(bytes: Uint8Array): void {
    const decoder = new RecordDecoder(0);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const known = decoder.wrap({ view, payloadStart: 0, payloadLength: bytes.length, offset: 0 });
    if (!known) throw new Error(`template ${decoder.templateId} is no market data`);
    decoder.offset = this.#feeds.nextOffset(decoder.type);
    this.#lineOf(decoder.type).add(() => this.#hub.publish(decoder));
  }

  /** The next request that a service would answer is refused with this sentence. */
  refuseNext(text: string, code: number = DataErrorCode.DataUnavailable): void {
    this.#refusal = { text, code };
  }

  /** Something happens beside the calls, for example `missed` or `reconnected`. */
  emit<Name extends keyof ClientEvents>(name: Name, ...args: ClientEvents[Name]): void {
    this.#events.emit(name, ...args);
  }

  /** The service refuses this client for good: iterations end with the error. */
  lose(error: Error): void {
    this.#isLoggedIn = false;
    this.#hub.end({ error });
    this.emit("lost", error);
  }

  on<Name extends keyof ClientEvents>(
    name: Name,
    listener: (...args: ClientEvents[Name]) => void,
  ): () => void {
    return this.#events.on(name, listener);
  }

  async login(): Promise<LoginAccepted> {
    this.#request("login", "client");
    if (this.#isLoggedIn) throw refused("client", ClientErrorCode.AlreadyLoggedIn, "Already logged in.");
    this.#isLoggedIn = true;
    return {
      kind: "login-accepted",
      sessionId: 1n,
      requestId: this.requests.length,
      requestType: 110,
      heartbeatMillis: 10_000,
      expiryMillis: 30_000,
      symbolsPerClientMax: 1000,
      instrumentCount: this.#instruments?.length ?? 0,
      instrumentsOffset: 0,
      serviceVersion: "mock",
    };
  }

  async logout(): Promise<void> {
    this.#request("logout", "client");
    if (!this.#isLoggedIn) throw refused("client", ClientErrorCode.NotLoggedIn, "Not logged in.");
    this.#isLoggedIn = false;
    this.#feeds.stopAll();
  }

  async stopAllData(): Promise<number> {
    this.#dataRequest("stop-all");
    return this.#feeds.stopAll();
  }

  async symbols(): Promise<readonly Instrument[]> {
    this.#assertOpen();
    if (!this.#isLoggedIn) {
      throw fail("client.invalid-argument", "symbols() needs a session, call login() first");
    }
    return [...(this.#instruments ?? [])].sort((a, b) => (a.symbol < b.symbol ? -1 : 1));
  }

  async *gapLedger(): AsyncGenerator<GapMessage, void, undefined> {
    this.#assertOpen();
    yield* [...this.#gaps];
  }

  onMessage<Type extends MarketMessageType>(type: Type, listener: MessageListener<Type>): () => void {
    this.#assertOpen();
    return this.#hub.addMessageListener(type, listener);
  }

  onRecord(listener: RecordListener): () => void {
    this.#assertOpen();
    return this.#hub.addListener(listener);
  }

  onFlyweight<Type extends MarketMessageType>(type: Type, listener: FlyweightListener<Type>): () => void {
    this.#assertOpen();
    return this.#hub.addFlyweightListener(type, listener);
  }

  async shutdown(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#isLoggedIn = false;
    this.#feeds.stopAll();
    for (const line of this.#lines.values()) line.close();
    this.#hub.end();
  }

  protected async startFeed(
    dataType: DataType,
    resolution: number,
    symbols: Symbols,
    { from = "now" }: StartOptions,
  ): Promise<readonly Subscription[]> {
    const list = symbolList(symbols);
    checkStartFrom(from, list.length);
    for (const symbol of list) {
      this.#dataRequest(`start ${feedText(dataType, resolution, symbol)}`);
      this.#assertListed(symbol);
    }
    return list.map((symbol) => this.#feeds.start(dataType, resolution, symbol));
  }

  protected async stopFeed(dataType: DataType, resolution: number, symbols: Symbols): Promise<number> {
    let count = 0;
    for (const symbol of symbolList(symbols)) {
      this.#dataRequest(`stop ${feedText(dataType, resolution, symbol)}`);
      if (this.#feeds.stop(dataType, resolution, symbol)) count++;
    }
    return count;
  }

  protected iterate<Type extends MarketMessageType>(types: readonly Type[], options: IterationOptions) {
    return this.#hub.open(types, queueOptions(types, options, this.#queueCapacity));
  }

  /** What is whole and what changes it stand in one line, so that they keep their order. */
  #lineOf(type: MarketMessageType): MockLine {
    const kind = type === "book-delta" ? "book-snapshot" : type === "order" ? "order-snapshot" : type;
    let line = this.#lines.get(kind);
    if (!line) {
      line = new MockLine(kind, this.#hub);
      this.#lines.set(kind, line);
    }
    return line;
  }

  #dataRequest(text: string): void {
    this.#request(text, "data");
    if (!this.#isLoggedIn) throw refused("data", DataErrorCode.ClientNotLoggedIn, "Not logged in.");
  }

  #request(text: string, table: "client" | "data"): void {
    this.#assertOpen();
    this.requests.push(text);
    const refusal = this.#refusal;
    this.#refusal = undefined;
    if (refusal) throw refused(table, refusal.code, refusal.text);
  }

  #assertListed(symbol: string): void {
    if (!this.#instruments || this.#instruments.some((instrument) => instrument.symbol === symbol)) return;
    const near = didYouMean(
      symbol,
      this.#instruments.map((instrument) => instrument.symbol),
    );
    throw refused("data", DataErrorCode.UnknownSymbol, `${symbol} is not served${near}.`);
  }

  #assertOpen(): void {
    if (this.#isClosed) throw fail("client.closed", "The client was shut down");
  }
}

function refused(kind: "client" | "data", code: number, text: string): Error {
  // As the client prints the sentence of a service.
  return fail("client.refused", text.trim().replace(/\.$/, ""), { context: { kind, code, text } });
}
