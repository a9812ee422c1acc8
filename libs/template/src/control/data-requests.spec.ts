import { ClientErrorCode, DataErrorCode, DataType } from "@ims/common";
import { describe, expect, it } from "vitest";
import { client, context, data, granted, LONG, request, setUp, TOKEN } from "../spec-support/router-setup.js";

describe("requests for data", () => {
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
});
