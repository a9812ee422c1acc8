import { describe, expect, it } from "vitest";
import { collect, stage } from "../spec-support/client-stage.js";
import { encodeInstrument } from "../spec-support/sample-records.js";

describe("ImsClient sessions", () => {
  it("logs in, sends heartbeats, logs out, and leaves no timer", async () => {
    const { client, service, run, clock, transport } = stage();
    const accepted = await run(client.login());
    expect(accepted).toMatchObject({ heartbeatMillis: 10_000, expiryMillis: 30_000 });
    expect(client.isLoggedIn).toBe(true);
    await clock.advance(25_000);
    expect(service.requests).toEqual(["login", "heartbeat", "heartbeat"]);
    await run(client.logout());
    expect(service.requests.at(-1)).toBe("logout");
    expect(service.sessions.size).toBe(0);
    await clock.advance(60_000);
    expect(service.requests).toHaveLength(4);
    await run(client.shutdown());
    expect(transport.isClosed).toBe(true);
    expect(clock.pendingTimerCount).toBe(0);
  });

  it("passes over replies that stood in its stream before, even to the same request ids", async () => {
    const { client, service, broker, run } = stage();
    await run(client.login());
    await run(client.shutdown());
    const later = stage();
    // The same random start gives the second client the request ids of the first: only the end of the stream helps.
    for (const reply of broker.read(service.clientPlace(4242))!) {
      later.broker.append(later.service.clientPlace(4242), reply);
    }
    later.service.isSilent = true;
    await expect(later.run(later.client.login())).rejects.toMatchObject({ code: "client.no-reply" });
  });

  it("says which service to start when none answers", async () => {
    const { client, broker, run, clock } = stage();
    broker.onControl = undefined;
    const startMillis = clock.monotonicMillis();
    await expect(run(client.login())).rejects.toThrow(
      /No reply from binancespot to the login within 5 s; is the service running\? Start it with: npx nx run binance-spot:serve/,
    );
    expect(clock.monotonicMillis() - startMillis).toBeLessThanOrEqual(5010);
    await run(client.shutdown());
    expect(clock.pendingTimerCount).toBe(0);
  });

  it("waits with the login for a service that comes up within the time", async () => {
    const { client, service, broker, run } = stage();
    const handle = broker.onControl;
    broker.onControl = undefined;
    const login = client.login();
    await run(Promise.resolve());
    broker.onControl = handle;
    await run(login);
    expect(service.requests).toEqual(["login"]);
  });

  it("tries again while the service loads its symbols", async () => {
    const { client, service, run, clock } = stage();
    service.loginRefusal = { code: 2, text: "Still loading." };
    const login = client.login();
    await clock.advance(1000);
    expect(service.requests.length).toBeGreaterThan(2);
    service.loginRefusal = undefined;
    await run(login);
    expect(client.isLoggedIn).toBe(true);
  });

  it("repeats a login without a reply under its old request id, so that the service takes it as the same", async () => {
    const { client, service, run } = stage();
    service.isSilent = true;
    await expect(run(client.login())).rejects.toMatchObject({ code: "client.no-reply" });
    service.isSilent = false;
    await run(client.login());
    expect(service.requestIds[0]).toBe(service.requestIds[1]);
    await run(client.startTradeData("BTCUSDT"));
    expect(service.requestIds[2]).toBeGreaterThan(service.requestIds[1]!);
  });

  it("rejects with the service's sentence, table and code", async () => {
    const { client, run } = stage();
    await expect(run(client.startTradeData("BTCUSDT"))).rejects.toMatchObject({
      code: "client.refused",
      context: { kind: "data", code: 8, text: "Not logged in." },
    });
    await run(client.login());
    await expect(run(client.login())).rejects.toMatchObject({ context: { kind: "client", code: 1 } });
    expect(client.isLoggedIn).toBe(true);
    await expect(run(client.startTradeData("BTCUSD"))).rejects.toThrow(/^BTCUSD is not served\. /);
  });

  it("fails a request under way when it is shut down, and every later call", async () => {
    const { client, service, run, clock } = stage();
    await run(client.login());
    service.isSilent = true;
    const start = client.startTradeData("BTCUSDT");
    start.catch(() => undefined);
    await clock.advance(10);
    await run(client.shutdown());
    await expect(start).rejects.toMatchObject({ code: "client.closed" });
    await expect(client.login()).rejects.toMatchObject({ code: "client.closed" });
    await expect(client.symbols()).rejects.toMatchObject({ code: "client.closed" });
    expect(clock.pendingTimerCount).toBe(0);
  });
});

describe("ImsClient restarts", () => {
  it("logs in again after a restart of the service; subscriptions and iterations go on without a gap", async () => {
    const { client, service, run, clock } = stage();
    const resumed: unknown[] = [];
    client.on("resumed", (event) => resumed.push(event));
    await run(client.login());
    await run(client.startTradeData(["BTCUSDT", "BNBUSDT"]));
    await run(client.startOhlcvData("BTCUSDT", "1m"));
    const trades = collect(client.trades());
    service.publishTrade("BTCUSDT", 1);
    await clock.advance(100);
    service.restart();
    service.publishTrade("BTCUSDT", 2);
    await clock.advance(10_100);
    service.publishTrade("BTCUSDT", 3);
    service.publishTrade("BNBUSDT", 4);
    await clock.advance(100);
    expect(trades.map((trade) => trade.tradeId).sort()).toEqual([1, 2, 3, 4]);
    expect(resumed).toHaveLength(1);
    expect(resumed[0]).toMatchObject({ subscriptionCount: 3 });
    expect(service.requests.slice(-4)).toEqual([
      "login",
      "start BTCUSDT 1/0",
      "start BNBUSDT 1/0",
      "start BTCUSDT 2/1",
    ]);
    await run(client.shutdown());
    expect(clock.pendingTimerCount).toBe(0);
  });

  it("goes on after a restart where each subscription was, if nobody has read on meanwhile", async () => {
    const { client, service, run, clock } = stage();
    await run(client.login());
    await run(client.startTradeData("BTCUSDT"));
    service.publishTrade("BTCUSDT", 1);
    service.restart();
    service.publishTrade("BTCUSDT", 2);
    await clock.advance(10_100);
    service.publishTrade("BTCUSDT", 3);
    const trades = collect(client.trades());
    await clock.advance(100);
    expect(trades.map((trade) => trade.tradeId)).toEqual([1, 2, 3]);
  });

  it("repeats a request that met the restarted service", async () => {
    const { client, service, run } = stage();
    await run(client.login());
    service.restart();
    const [subscription] = await run(client.startTradeData("BTCUSDT"));
    expect(subscription).toMatchObject({ symbol: "BTCUSDT", partitionId: 3, instrumentId: 11 });
    expect(service.requests).toEqual(["login", "start BTCUSDT 1/0", "login", "start BTCUSDT 1/0"]);
  });

  it("keeps trying while the service is away, and says so once", async () => {
    const { client, service, run, clock } = stage();
    const silences: string[] = [];
    const resumed: unknown[] = [];
    client.on("silent", (error) => silences.push(error.code));
    client.on("resumed", (event) => resumed.push(event));
    await run(client.login());
    service.isSilent = true;
    await clock.advance(120_000);
    expect(silences).toEqual(["client.no-reply"]);
    service.isSilent = false;
    service.restart();
    await clock.advance(30_000);
    expect(resumed).toHaveLength(1);
  });

  it("drops a subscription that the restarted service no longer grants, and reports it", async () => {
    const { client, service, run, clock } = stage();
    const errors: unknown[] = [];
    client.on("error", (error) => errors.push(error));
    await run(client.login());
    await run(client.startTradeData(["BTCUSDT", "ETHUSDT"]));
    service.symbols.delete("ETHUSDT");
    service.restart();
    await clock.advance(10_100);
    expect(client.subscriptions.map(({ symbol }) => symbol)).toEqual(["BTCUSDT"]);
    expect(errors).toMatchObject([{ code: "client.refused" }]);
  });

  it("ends iterations with the error when another client took its place", async () => {
    const { client, service, run, clock } = stage();
    await run(client.login());
    const next = client.messages().next();
    next.catch(() => undefined);
    service.sessions.set(4242, 99n);
    await clock.advance(10_100);
    await expect(next).rejects.toMatchObject({ code: "client.refused", context: { code: 5 } });
    expect(client.isLoggedIn).toBe(false);
  });

  it("reads on after the broker was away, and from the new beginning if it came back empty", async () => {
    const { client, service, broker, run, clock } = stage();
    const restarted: unknown[] = [];
    const errors: unknown[] = [];
    client.on("missed", (event) => restarted.push(event));
    client.on("error", (error) => errors.push(error));
    await run(client.login());
    await run(client.startTradeData("BTCUSDT"));
    const trades = collect(client.trades());
    service.publishTrade("BTCUSDT", 1);
    service.publishTrade("BTCUSDT", 2);
    await clock.advance(100);
    broker.goAway();
    await clock.advance(3000);
    broker.comeBack();
    service.publishTrade("BTCUSDT", 3);
    await clock.advance(3000);
    expect(trades.map((trade) => trade.tradeId)).toEqual([1, 2, 3]);
    expect(errors).toMatchObject([{ code: "client.read-failed" }]);
    broker.goAway();
    broker.comeBack({ isEmpty: true });
    service.publishTrade("BTCUSDT", 4);
    await clock.advance(3000);
    expect(trades.map((trade) => trade.tradeId)).toEqual([1, 2, 3, 4]);
    expect(restarted).toMatchObject([{ topic: "trades", partitionId: 3, expectedOffset: 3 }]);
    // Replies too stand at lower offsets now.
    await run(client.stopAllData());
    expect(client.subscriptions).toEqual([]);
  });
});

describe("ImsClient symbols", () => {
  it("reads the announced list, the newest entry of each symbol, sorted", async () => {
    const { client, service, broker, run } = stage();
    const place = service.place("instruments", 0);
    broker.append(place, encodeInstrument({ symbol: "OLDUSDT", base: "OLD", quote: "USDT" }));
    service.instrumentsOffset = 1;
    service.instrumentCount = 3;
    broker.append(place, encodeInstrument({ symbol: "ETHUSDT", base: "ETH", quote: "USDT", status: 2 }));
    broker.append(
      place,
      encodeInstrument({ symbol: "BTCUSDT", base: "BTC", quote: "USDT", contractSize: 100 }),
    );
    broker.append(place, encodeInstrument({ symbol: "ETHUSDT", base: "ETH", quote: "USDT" }));
    await expect(client.symbols()).rejects.toMatchObject({ code: "client.invalid-argument" });
    await run(client.login());
    const symbols = await run(client.symbols());
    expect(symbols.map(({ symbol }) => symbol)).toEqual(["BTCUSDT", "ETHUSDT"]);
    expect(symbols[0]).toEqual({
      exchange: 4,
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
      contractSize: "100",
    });
    expect(symbols[1]).toMatchObject({ status: "trading" });
  });

  it("fails when the announced entries do not arrive", async () => {
    const { client, service, run } = stage();
    service.instrumentCount = 1;
    await run(client.login());
    await expect(run(client.symbols())).rejects.toThrow(
      /^Only 0 of 1 instruments of binancespot arrived within 5 s/,
    );
  });
});
