import {
  ClientErrorCode,
  DataErrorCode,
  DataType,
  Delivery,
  ExchangeId,
  type Instrument,
  RefusalKind,
  streamNames,
} from "@ims/common";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { digest } from "../sessions/access-tokens.js";
import { createLoginPolicy } from "../sessions/login-policy.js";
import { SessionRegistry } from "../sessions/session-registry.js";
import type { ClientEntry } from "../settings/client-entries.js";
import { feedKey } from "../subscriptions/feed.js";
import { SubscriptionTable } from "../subscriptions/subscription-table.js";
import type { ControlRequest } from "./control-request.js";
import type { SymbolVerdict } from "./request-checks.js";
import { RequestRouter, type RoutingContext } from "./request-router.js";

const BTC: Instrument = {
  exchange: ExchangeId.BinanceSpot,
  symbol: "BTCUSDT",
  base: "BTC",
  quote: "USDT",
  settle: "USDT",
  kind: "spot",
  status: "trading",
  priceScale: 2,
  quantityScale: 5,
  priceIncrement: "0.01",
  quantityIncrement: "0.00001",
};
const ETH: Instrument = { ...BTC, symbol: "ETHUSDT", base: "ETH" };
const LONG: Instrument = { ...BTC, symbol: "ABCDEFGHIJKLMNOPQRSTU" };
const listed = new Map([BTC, ETH, LONG].map((instrument) => [instrument.symbol, instrument]));

function verdict(symbol: string): SymbolVerdict {
  return listed.get(symbol) ?? { symbol, reason: "it is not listed", suggestions: ["BTCUSDT"] };
}

const context: RoutingContext = {
  nowMillis: 0,
  verdict,
  instrumentList: { firstOffset: 70, count: 3 },
};

interface Setup {
  readonly admitsVersion1?: boolean;
  readonly subscriptionsPerClientMax?: number;
  readonly requestsPerSecondMax?: number;
  readonly clients?: readonly ClientEntry[];
}

function setUp({
  admitsVersion1 = true,
  subscriptionsPerClientMax = 3,
  requestsPerSecondMax = 1000,
  clients,
}: Setup = {}) {
  let sessionId = 7n;
  const sessions = new SessionRegistry(
    {
      heartbeatMillis: 10_000,
      expiryMillis: 30_000,
      version1ExpiryMillis: 60_000,
      sessionCountMax: 100,
      requestsPerSecondMax,
    },
    () => sessionId++,
  );
  const subscriptions = new SubscriptionTable();
  const router = new RequestRouter(
    {
      exchange: ExchangeId.BinanceSpot,
      description: {
        exchange: ExchangeId.BinanceSpot,
        title: "Binance spot",
        dataTypes: [DataType.Trade, DataType.Bar, DataType.TopOfBook],
        resolutions: ["1m", "1h"],
      },
      names: streamNames(ExchangeId.BinanceSpot),
      partitionCount: () => 4,
      subscriptionsPerClientMax,
      instrumentIdOf: (instrument) => (instrument === BTC ? 41 : 42),
    },
    createLoginPolicy({
      environment: admitsVersion1 ? "CI" : "CLUSTER",
      exchange: ExchangeId.BinanceSpot,
      isBrokerLocal: true,
      clients,
    }),
    sessions,
    subscriptions,
  );
  return { router, sessions, subscriptions };
}

const TOKEN = "a token of more than 16 octets";

/** A configured client 100 with its token. */
function granted(changes: Partial<ClientEntry>): ClientEntry {
  return {
    clientId: 100,
    token: { salt: "salt", hash: digest("salt", TOKEN) },
    dataTypes: undefined,
    exchanges: undefined,
    subscriptionsMax: undefined,
    admitsVersion1: false,
    brokerUser: undefined,
    ...changes,
  };
}

type Kind = ControlRequest["kind"];
const TEMPLATES: Readonly<Record<Kind, number>> = {
  login: 110,
  logout: 111,
  heartbeat: 112,
  start: 113,
  stop: 114,
  "stop-all": 115,
};
let nextRequestId = 1n;

/** A request with every field set; parts that its kind lacks do no harm. */
function request<K extends Kind>(kind: K, changes: object = {}): Extract<ControlRequest, { kind: K }> {
  return {
    kind,
    generation: 2,
    templateId: TEMPLATES[kind],
    clientId: 100,
    exchangeId: ExchangeId.BinanceSpot,
    sessionId: kind === "login" ? 0n : 7n,
    requestId: nextRequestId++,
    sentMicros: 0n,
    accessToken: "",
    clientName: "test",
    clientVersion: "1",
    dataType: DataType.Trade,
    resolution: 0,
    delivery: Delivery.Shared,
    symbols: ["BTCUSDT"],
    symbolCount: 1,
    ...changes,
  } as unknown as Extract<ControlRequest, { kind: K }>;
}

const client = (code: number) => ({ kind: "refused", refusalKind: RefusalKind.Client, code });
const data = (code: number) => ({ kind: "refused", refusalKind: RefusalKind.Data, code });

describe("RequestRouter", () => {
  it("logs in, starts, stops and logs out", () => {
    const { router, subscriptions, sessions } = setUp();
    const login = router.route(request("login"), context).reply;
    expect(login).toMatchObject({
      kind: "login-accepted",
      sessionId: 7n,
      heartbeatMillis: 10_000,
      expiryMillis: 30_000,
      subscriptionsPerClientMax: 3,
      instrumentCount: 3,
      instrumentsOffset: 70,
      requestType: 110,
    });
    expect(router.route(request("start"), context)).toMatchObject({
      asked: [{ dataType: 1, resolution: 0, symbol: "BTCUSDT" }],
      reply: {
        kind: "start-accepted",
        stream: "binancespot-market-data",
        topic: "trades",
        symbols: [{ symbol: "BTCUSDT", instrumentId: 41, partitionId: 1 }],
      },
    });
    const bars = request("start", { dataType: DataType.Bar, resolution: 1, delivery: Delivery.Private });
    expect(router.route(bars, context).reply).toMatchObject({
      stream: "binancespot-data-client-100",
      topic: "binancespot-data-topic",
      symbols: [{ partitionId: 0 }],
      resolution: 1,
    });
    expect(router.route(request("stop"), context).reply).toMatchObject({
      kind: "accepted",
      affectedCount: 1,
    });
    expect(router.route(request("stop"), context).reply).toMatchObject({
      kind: "accepted",
      affectedCount: 0,
    });
    expect(router.route(request("logout"), context).reply).toMatchObject({ affectedCount: 1 });
    expect(subscriptions.subscriptionCount).toBe(0);
    expect(sessions.size).toBe(0);
    expect(router.route(request("logout"), context).reply).toMatchObject(client(ClientErrorCode.NotLoggedIn));
  });

  it("checks login, then exchange, then type, then symbol, then resolution", () => {
    const { router } = setUp();
    const bad = {
      exchangeId: ExchangeId.Bitstamp,
      dataType: 99,
      symbols: ["BTCUSD"],
      resolution: 8,
    };
    const start = (changes: object) => router.route(request("start", changes), context).reply;
    expect(start(bad)).toMatchObject(data(DataErrorCode.ClientNotLoggedIn));
    router.route(request("login"), context);
    expect(start({ ...bad, sessionId: 8n })).toMatchObject(client(ClientErrorCode.NotAuthorized));
    expect(start(bad)).toMatchObject(data(DataErrorCode.WrongExchange));
    const rightExchange = { ...bad, exchangeId: ExchangeId.BinanceSpot };
    expect(start(rightExchange)).toMatchObject(data(DataErrorCode.DataTypeNotKnown));
    expect(start({ ...rightExchange, dataType: DataType.Book })).toMatchObject(
      data(DataErrorCode.DataUnavailable),
    );
    const unknown = start({ ...rightExchange, dataType: DataType.Bar });
    expect(unknown).toMatchObject(data(DataErrorCode.UnknownSymbol));
    expect(unknown).toMatchObject({ text: expect.stringContaining("Did you mean BTCUSDT?") });
    const resolution = start({ dataType: DataType.Bar, resolution: 8 });
    expect(resolution).toMatchObject(data(DataErrorCode.ResolutionNotOffered));
    expect(resolution).toMatchObject({ text: expect.stringContaining("1m, 1h") });
  });

  it("refuses a login for another exchange, and any while there is no symbol list", () => {
    const { router, sessions } = setUp();
    const wrong = request("login", { exchangeId: ExchangeId.Deribit });
    expect(router.route(wrong, context).reply).toMatchObject(data(DataErrorCode.WrongExchange));
    expect(router.route(request("login"), { ...context, instrumentList: undefined }).reply).toMatchObject(
      client(ClientErrorCode.LoginError),
    );
    expect(sessions.size).toBe(0);
  });

  it("answers a repeated request with the same answer and does it once", () => {
    const { router, subscriptions } = setUp();
    router.route(request("login"), context);
    const start = request("start");
    const first = router.route(start, context);
    expect(router.route(start, context)).toBe(first);
    const stop = request("stop");
    router.route(stop, context);
    expect(router.route(start, context)).toBe(first);
    expect(subscriptions.subscriptionCount).toBe(0);
  });

  it("refuses a symbol that cannot be checked, and one subscription above the limit", () => {
    const { router } = setUp({ subscriptionsPerClientMax: 1 });
    router.route(request("login"), context);
    const unchecked = { ...context, verdict: () => undefined };
    expect(router.route(request("start"), unchecked).reply).toMatchObject(
      data(DataErrorCode.DataUnavailable),
    );
    router.route(request("start"), context);
    expect(router.route(request("start"), context).reply).toMatchObject({ kind: "start-accepted" });
    expect(router.route(request("start", { symbols: ["ETHUSDT"] }), context).reply).toMatchObject(
      data(DataErrorCode.SubscriptionLimit),
    );
  });

  it("stops bars of every resolution when none is named, and a symbol that was delisted", () => {
    const { router, subscriptions } = setUp();
    router.route(request("login"), context);
    for (const resolution of [1, 5]) {
      router.route(request("start", { dataType: DataType.Bar, resolution }), context);
    }
    const delisted = {
      ...context,
      verdict: (symbol: string) => ({ symbol, reason: "gone", suggestions: [] }),
    };
    expect(router.route(request("stop", { dataType: DataType.Bar }), delisted).reply).toMatchObject({
      affectedCount: 2,
    });
    expect(subscriptions.subscriptionCount).toBe(0);
    expect(router.route(request("stop"), delisted).reply).toMatchObject(data(DataErrorCode.UnknownSymbol));
  });

  it("serves version 1 where it is admitted, without request ids", () => {
    const { router, subscriptions } = setUp();
    const version1 = { generation: 1, sessionId: 0n, requestId: 0n, delivery: Delivery.Private };
    expect(router.route(request("login", { ...version1, exchangeId: 0 }), context).reply.kind).toBe(
      "login-accepted",
    );
    router.route(request("start", version1), context);
    router.route(request("start", { ...version1, symbols: ["ETHUSDT"] }), context);
    expect(subscriptions.countOf(100)).toBe(2);
    expect(
      router.route(request("start", { ...version1, symbols: [LONG.symbol] }), context).reply,
    ).toMatchObject(data(DataErrorCode.DataUnavailable));
    expect(
      router.route(request("start", { ...version1, dataType: DataType.TopOfBook }), context).reply,
    ).toMatchObject(data(DataErrorCode.DataUnavailable));
    const closed = setUp({ admitsVersion1: false });
    expect(closed.router.route(request("login", version1), context).reply).toMatchObject(
      client(ClientErrorCode.NotAuthorized),
    );
  });

  it("starts several symbols or none, and stops them together", () => {
    const { router, subscriptions } = setUp();
    router.route(request("login"), context);
    const many = (symbols: string[]) => ({ templateId: 116, symbols, symbolCount: symbols.length });
    const wrong = router.route(request("start", many(["BTCUSDT", "NOPE", "ETHUSDT", "NO"])), context);
    expect(wrong.reply).toMatchObject({
      ...data(DataErrorCode.UnknownSymbol),
      text: expect.stringMatching(/Not served are NOPE, NO; nothing was started/),
    });
    expect(subscriptions.subscriptionCount).toBe(0);
    const started = router.route(request("start", many(["ETHUSDT", "BTCUSDT"])), context);
    expect(started.reply).toMatchObject({
      requestType: 116,
      symbols: [
        { symbol: "ETHUSDT", instrumentId: 42, partitionId: 2 },
        { symbol: "BTCUSDT", instrumentId: 41, partitionId: 1 },
      ],
    });
    const more = router.route(request("start", many(["ETHUSDT", LONG.symbol])), context);
    expect(more.added.map(({ symbol }) => symbol)).toEqual([LONG.symbol]);
    for (const symbolCount of [0, 501]) {
      const none = request("start", { templateId: 116, symbols: [], symbolCount });
      expect(router.route(none, context).reply).toMatchObject(data(DataErrorCode.MalformedRequest));
    }
    const stop = request("stop", { ...many(["ETHUSDT", "BTCUSDT"]), templateId: 117 });
    expect(router.route(stop, context).reply).toMatchObject({ kind: "accepted", affectedCount: 2 });
  });

  it("refuses what exceeds the limit whole, also where the client has one of its own", () => {
    const clients = [granted({ subscriptionsMax: 1 })];
    for (const [setup, limit] of [
      [{ subscriptionsPerClientMax: 1 }, 1],
      [{ clients }, 1],
    ] as const) {
      const { router, subscriptions } = setUp(setup);
      const login = router.route(request("login", { accessToken: TOKEN }), context).reply;
      expect(login).toMatchObject({ subscriptionsPerClientMax: limit });
      const two = request("start", { templateId: 116, symbols: ["BTCUSDT", "ETHUSDT"], symbolCount: 2 });
      expect(router.route(two, context).reply).toMatchObject({
        ...data(DataErrorCode.SubscriptionLimit),
        text: expect.stringMatching(/0 subscriptions of its limit of 1, 2 more/),
      });
      expect(subscriptions.subscriptionCount).toBe(0);
    }
  });

  it("gives a client only the data that it was granted", () => {
    const { router } = setUp({ clients: [granted({ dataTypes: new Set([DataType.Bar]) })] });
    expect(router.route(request("login"), context).reply).toMatchObject(
      client(ClientErrorCode.NotAuthorized),
    );
    router.route(request("login", { accessToken: TOKEN }), context);
    expect(router.route(request("start"), context).reply).toMatchObject({
      ...client(ClientErrorCode.NotAuthorized),
      text: expect.stringMatching(/may not read trades, only bars/),
    });
    const bars = request("start", { dataType: DataType.Bar, resolution: 1 });
    expect(router.route(bars, context).reply).toMatchObject({ kind: "start-accepted" });
  });

  it("refuses a client that asks too often, but neither its heartbeats nor its logout", () => {
    const { router } = setUp({ requestsPerSecondMax: 1 });
    router.route(request("login"), context);
    const replies = Array.from({ length: 12 }, () => router.route(request("start"), context).reply);
    expect(replies.filter(({ kind }) => kind === "start-accepted")).toHaveLength(10);
    expect(replies.at(-1)).toMatchObject(data(DataErrorCode.RequestLimit));
    expect(router.route(request("heartbeat"), context).reply).toMatchObject({ kind: "accepted" });
    const later = { ...context, nowMillis: 1000 };
    expect(router.route(request("start"), later).reply).toMatchObject({ kind: "start-accepted" });
    expect(router.route(request("logout"), context).reply).toMatchObject({ kind: "accepted" });
  });

  it("never leaves a subscription without session, nor one that was not asked for", () => {
    const step = fc.record({
      kind: fc.constantFrom<Kind>("login", "logout", "start", "stop", "stop-all", "heartbeat"),
      clientId: fc.integer({ min: 99, max: 103 }),
      symbol: fc.constantFrom("BTCUSDT", "ETHUSDT", "BTCUSD"),
      dataType: fc.constantFrom(DataType.Trade, DataType.Bar, DataType.Book),
      resolution: fc.constantFrom(0, 1, 5, 8),
      foreignSession: fc.integer({ min: 0, max: 9 }),
      repeats: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const { router, sessions, subscriptions } = setUp({ subscriptionsPerClientMax: 4 });
        const model = new Map<number, Set<string>>();
        for (const { kind, clientId, symbol, dataType, resolution, foreignSession, repeats } of steps) {
          const own = sessions.get(clientId)?.sessionId ?? 1n;
          const sessionId = foreignSession === 0 ? own + 1n : own;
          const message = request(kind, {
            clientId,
            symbols: [symbol],
            dataType,
            resolution,
            ...(kind === "login" ? {} : { sessionId }),
          });
          const answer = router.route(message, context);
          if (repeats)
            expect(router.route(message, context).reply.kind).toBe(expectedRepeat(kind, answer.reply.kind));
          const accepted = answer.reply.kind !== "refused";
          if (accepted && kind === "login") model.set(clientId, model.get(clientId) ?? new Set());
          const feeds = model.get(clientId);
          if (accepted && kind === "logout") model.delete(clientId);
          if (accepted && kind === "stop-all") feeds?.clear();
          if (accepted) for (const feed of answer.asked) feeds?.add(feedKey(feed));
          if (accepted && kind === "stop") {
            for (const key of [...(feeds ?? [])]) {
              const [type, bar, ...name] = key.split(":");
              const sameFeed = Number(type) === dataType && name.join(":") === symbol;
              if (sameFeed && (resolution === 0 || Number(bar) === resolution)) feeds?.delete(key);
            }
          }
          expect(sessions.size).toBe(model.size);
          const wanted = new Set([...model.values()].flatMap((keys) => [...keys]));
          expect(new Set(subscriptions.wantedFeeds().map(feedKey))).toEqual(wanted);
          for (const [id, keys] of model) {
            expect(new Set(subscriptions.feedsOf(id).map(feedKey))).toEqual(keys);
            expect(keys.size).toBeLessThanOrEqual(4);
          }
        }
      }),
      { numRuns: 300 },
    );
  });
});

/** A logout ends the session that would remember it, so its repetition is refused. */
function expectedRepeat(kind: Kind, first: string): string {
  return kind === "logout" ? "refused" : first;
}
