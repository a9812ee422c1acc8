import { ClientErrorCode, DataErrorCode, DataType, Delivery, ExchangeId } from "@ims/common";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { client, context, data, type Kind, LONG, request, setUp } from "../spec-support/router-setup.js";
import { feedKey } from "../subscriptions/feed.js";

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
