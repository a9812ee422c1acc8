import { type DataType, type ExchangeId, exchangeName, type Instrument, streamNames } from "@ims/common";
import { ControlChannel } from "../control/control-channel.js";
import type { LoginAccepted } from "../control/reply.js";
import { Delivery, type Subscription } from "../delivery/delivery.js";
import type { MessageListener, RecordListener } from "../delivery/message-hub.js";
import type { MalformedRecord } from "../delivery/partition-reader.js";
import { checkStartFrom } from "../delivery/start-from.js";
import { fail } from "../errors/client-errors.js";
import { TypedEmitter } from "../events/typed-emitter.js";
import type { GapMessage } from "../records/feed-message.js";
import type { MarketMessageType } from "../records/market-message.js";
import type { FlyweightListener } from "../records/record-flyweights.js";
import { ClientSession } from "../session/client-session.js";
import type { ImsTransport } from "../transport/ims-transport.js";
import { queueOptions, symbolList } from "./client-arguments.js";
import type { ClientEvents } from "./client-events.js";
import { ClientFeeds, type IterationOptions, type StartOptions, type Symbols } from "./client-feeds.js";
import { type ClientSettings, type ConnectOptions, resolveOptions } from "./connect-options.js";
import { connectTransport } from "./connect-transport.js";
import { MarketLists } from "./market-lists.js";
import { ReturnWatch } from "./return-watch.js";
import { Subscriber } from "./subscriber.js";

/** Longest wait for the logout of a shutdown: a service that is gone needs none. */
const SHUTDOWN_LOGOUT_MILLIS = 1000;

/**
 * A client of one exchange's service.
 *
 * ```ts
 * const client = await ImsClient.open({ exchange: "binancespot" });
 * await client.startTradeData(["BTCUSDT", "ETHUSDT"]);
 * for await (const trade of client.trades()) console.log(trade.symbol, trade.price.toString());
 * ```
 *
 * Data is read from the shared market-data streams while somebody consumes it: nothing is read, and so nothing is
 * missed, between a start and the first iteration. Every iteration gets every message. A full one stops the reading
 * (the data waits in the broker), so iterate over only what is wanted and end what is not.
 */
export class ImsClient extends ClientFeeds {
  readonly #events = new TypedEmitter<ClientEvents>();
  readonly #delivery: Delivery;
  readonly #channel: ControlChannel;
  readonly #session: ClientSession;
  readonly #subscriber: Subscriber;
  readonly #lists: MarketLists;
  readonly #returns: ReturnWatch;
  #malformedCount = 0;
  #duplicatesSkipped = 0;
  #closing: Promise<void> | undefined;

  /** Over a transport of one's own, as tests do; programs use {@link connect}. */
  constructor(
    private readonly transport: ImsTransport,
    private readonly settings: ClientSettings,
  ) {
    super();
    const { clock } = settings;
    const names = streamNames(settings.exchange);
    this.#returns = new ReturnWatch(clock, this.#events);
    this.#delivery = new Delivery(transport, clock, names.marketDataStream, {
      malformed: (record) => this.#malformed(record),
      missed: (missed) => this.#returns.missed(missed),
      followed: () => this.#followed(),
      slow: (iteration) => this.#events.emit("slow", iteration),
      failed: (error) => this.#events.emit("error", error),
      duplicate: () => {
        this.#duplicatesSkipped++;
      },
    });
    this.#lists = new MarketLists(transport, settings, (record) => this.#malformed(record));
    this.#channel = new ControlChannel(transport, settings, (offset, reason) =>
      this.#malformed({
        stream: names.clientStream(settings.clientId),
        topic: names.dataTopic,
        partitionId: 0,
        offset,
        reason,
      }),
    );
    this.#session = new ClientSession(this.#channel, settings, {
      restore: () => {
        this.#returns.restoring();
        return this.#subscriber.restore();
      },
      resumed: (awayMillis) => this.#returns.resumed(awayMillis, this.subscriptions.length),
      silent: (error) => this.#events.emit("silent", error),
      lost: (error) => this.#lost(error as Error),
    });
    this.#subscriber = new Subscriber(transport, this.#session, this.#delivery, (error) =>
      this.#events.emit("error", error),
    );
    transport.onConnection((connected) => {
      if (!connected) this.#returns.brokerLost();
      this.#events.emit(connected ? "connected" : "disconnected");
      if (!connected) return;
      this.#session.probe();
      // Readers that wait for a consumer look at the new session too.
      this.#delivery.hub.wake();
      this.#followed();
    });
  }

  /**
   * Connects to the broker; {@link login} is the next step.
   * @throws ImsError `client.no-broker`, `client.unknown-exchange`, `client.invalid-argument`
   */
  static async connect(options: ConnectOptions = {}): Promise<ImsClient> {
    const settings = resolveOptions(options);
    return new ImsClient(await connectTransport(settings, options.signal), settings);
  }

  /**
   * Connects and logs in.
   * @throws as {@link connect} and {@link login}; nothing is left open then
   */
  static async open(options: ConnectOptions = {}): Promise<ImsClient> {
    const client = await ImsClient.connect(options);
    try {
      await client.login();
      return client;
    } catch (error) {
      await client.shutdown();
      throw error;
    }
  }

  /** Number of the exchange. */
  get exchange(): ExchangeId {
    return this.settings.exchange;
  }

  /** Lower-case name of the exchange. */
  get exchangeName(): string {
    return exchangeName(this.settings.exchange)!;
  }

  /** Under which it logs in. */
  get clientId(): number {
    return this.settings.clientId;
  }

  /** Whether the service knows its session, as far as the client has heard. */
  get isLoggedIn(): boolean {
    return this.#session.isLoggedIn;
  }

  /** What runs at the moment. */
  get subscriptions(): readonly Subscription[] {
    return this.#delivery.subscriptions;
  }

  /**
   * Copies that were not given out, so far. A service stores a batch a second time when the connection was lost before
   * the broker's reply; the copies are known by their message ids.
   */
  get duplicatesSkipped(): number {
    return this.#duplicatesSkipped;
  }

  /** Calls `listener` at every such event; returns a function that ends it. */
  on<Name extends keyof ClientEvents>(
    name: Name,
    listener: (...args: ClientEvents[Name]) => void,
  ): () => void {
    return this.#events.on(name, listener);
  }

  /**
   * Opens a session with the service; heartbeats then keep it, and a restart of the service is followed by itself.
   * @throws ImsError `client.no-reply`, `client.refused` (for instance when the client id is already logged in)
   */
  async login(): Promise<LoginAccepted> {
    this.#assertOpen();
    return this.#session.login();
  }

  /** Ends the session and all subscriptions; the connection stays for another login. */
  async logout(): Promise<void> {
    this.#assertOpen();
    await this.#session.logout();
    this.#delivery.stopAll();
  }

  /** Ends all subscriptions of this client; returns how many. The session stays. */
  async stopAllData(): Promise<number> {
    this.#assertOpen();
    return this.#subscriber.stopAll();
  }

  /**
   * The instruments of the exchange, sorted by symbol. Needs a login, whose reply says where the list is.
   * @throws ImsError `client.invalid-argument` before a login, `client.no-reply`
   */
  async symbols(): Promise<readonly Instrument[]> {
    this.#assertOpen();
    const { accepted } = this.#session;
    if (!accepted) throw fail("client.invalid-argument", "symbols() needs a session, call login() first");
    return this.#lists.instruments(accepted);
  }

  /**
   * The gap ledger: every loss that the service has told, of all symbols and data, oldest first, until the newest at the
   * time of the call. Needs no session. {@link gaps} goes on with those of this client's feeds.
   */
  gapLedger(): AsyncGenerator<GapMessage, void, undefined> {
    this.#assertOpen();
    return this.#lists.gaps();
  }

  /**
   * Calls back with each message of one type, as an iteration gives it. The callback must return quickly: it holds up
   * everything else. Returns a function that ends it.
   *
   * ```ts
   * client.onMessage("trade", (trade) => console.log(trade.symbol, trade.price.toString()));
   * ```
   */
  onMessage<Type extends MarketMessageType>(type: Type, listener: MessageListener<Type>): () => void {
    this.#assertOpen();
    return this.#delivery.hub.addMessageListener(type, listener);
  }

  /**
   * The fast way: calls back with the bytes of every subscribed record, SBE header first, without making an object.
   * The bytes are valid only during the call; decode them with the flyweights of `@ims/sbe`. The callback must return
   * quickly: it holds up everything else. Returns a function that ends it.
   */
  onRecord(listener: RecordListener): () => void {
    this.#assertOpen();
    return this.#delivery.hub.addListener(listener);
  }

  /**
   * The fast way for one type: calls back with the record's decoder over the bytes in which it arrived, without making
   * an object. Otherwise as {@link onRecord}.
   *
   * ```ts
   * client.onFlyweight("trade", (trade, { offset }) => sum(trade.price(), trade.priceScale(), offset));
   * ```
   */
  onFlyweight<Type extends MarketMessageType>(type: Type, listener: FlyweightListener<Type>): () => void {
    this.#assertOpen();
    return this.#delivery.hub.addFlyweightListener(type, listener);
  }

  /** Logs out if logged in, ends all iterations after what they hold, closes the connection. Never rejects. */
  shutdown(): Promise<void> {
    this.#closing ??= this.#shutdown();
    return this.#closing;
  }

  async #shutdown(): Promise<void> {
    if (this.#session.isLoggedIn) {
      const millis = Math.min(SHUTDOWN_LOGOUT_MILLIS, this.settings.requestTimeoutMillis);
      // A session that cannot be ended expires at the service by itself.
      await this.#session.logout(millis).catch(() => undefined);
    }
    this.#session.close();
    this.#channel.close();
    this.#delivery.close();
    await this.transport.close().catch(() => undefined);
  }

  protected async startFeed(
    dataType: DataType,
    resolution: number,
    symbols: Symbols,
    { from = "now" }: StartOptions,
  ) {
    this.#assertOpen();
    const keys = symbolList(symbols).map((symbol) => ({ dataType, resolution, symbol }));
    checkStartFrom(from, keys.length);
    return this.#subscriber.start(keys, from);
  }

  protected async stopFeed(dataType: DataType, resolution: number, symbols: Symbols) {
    this.#assertOpen();
    return this.#subscriber.stop(symbolList(symbols).map((symbol) => ({ dataType, resolution, symbol })));
  }

  protected iterate<Type extends MarketMessageType>(types: readonly Type[], options: IterationOptions) {
    return this.#delivery.hub.open(types, queueOptions(types, options, this.settings.queueCapacity));
  }

  #followed(): void {
    if (this.transport.isConnected && this.#delivery.hasFollowed) this.#returns.followed();
  }

  #malformed(record: Omit<MalformedRecord, "count">): void {
    this.#malformedCount++;
    this.#events.emit("malformed", { ...record, count: this.#malformedCount });
  }

  #lost(error: Error): void {
    this.#delivery.close({ error });
    this.#events.emit("lost", error);
  }

  #assertOpen(): void {
    if (this.#closing !== undefined) throw fail("client.closed", "The client was shut down");
  }
}
