import { SimulatedClock } from "@ims/common";
import { afterEach, describe, expect, it } from "vitest";
import { SocketClient } from "../spec-support/socket-client.js";
import { startBinanceSimulator } from "./binance-simulator.js";
import type { BinanceMarketName } from "./markets/market.js";
import type { BinanceSimulator } from "./simulator.js";
import type { BinanceSimulatorOptions, SimulatorLimits } from "./simulator-options.js";

const running: BinanceSimulator[] = [];
const clients: SocketClient[] = [];

afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
  await Promise.all(running.splice(0).map((simulator) => simulator.close()));
});

async function start(
  market: BinanceMarketName,
  limits: SimulatorLimits = { messagesPerSecond: 1000 },
  options: Partial<BinanceSimulatorOptions> = {},
) {
  const clock = new SimulatedClock();
  const source = { kind: "synthetic", seed: 1, tradesPerSecond: 100 } as const;
  const simulator = await startBinanceSimulator({ market, clock, source, limits, ...options });
  running.push(simulator);
  return { simulator, clock };
}

async function connect(
  simulator: BinanceSimulator,
  path: string,
  options: { autoPong?: boolean } = {},
): Promise<SocketClient> {
  const client = await SocketClient.open(`${simulator.wsUrl}${path}`, options);
  clients.push(client);
  return client;
}

describe("subscriptions", () => {
  it("begin with the acknowledgement, list in order, and end", async () => {
    const { simulator, clock } = await start("spot");
    const client = await connect(simulator, "/ws");
    expect(await client.control("SUBSCRIBE", ["btcusdt@trade", "ethusdt@aggTrade"])).toEqual({
      result: null,
      id: 1,
    });
    expect(await client.control("LIST_SUBSCRIPTIONS")).toEqual({
      result: ["btcusdt@trade", "ethusdt@aggTrade"],
      id: 2,
    });
    await clock.advance(2000);
    await client.settled();
    const symbols = new Set(client.frames.map((frame) => (JSON.parse(frame) as { s: string }).s));
    expect(symbols).toEqual(new Set(["BTCUSDT", "ETHUSDT"]));
    expect(await client.control("UNSUBSCRIBE", ["btcusdt@trade", "ethusdt@aggTrade"])).toMatchObject({
      result: null,
    });
    client.frames.length = 0;
    await clock.advance(2000);
    expect(await client.control("LIST_SUBSCRIPTIONS")).toMatchObject({ result: [] });
    expect(client.frames).toEqual([]);
  });

  it("wrap frames on combined connections only, and never the replies", async () => {
    const { simulator, clock } = await start("spot");
    const combined = await connect(simulator, "/stream?streams=btcusdt@trade");
    const raw = await connect(simulator, "/ws/btcusdt@trade");
    expect(await combined.control("GET_PROPERTY", ["combined"])).toEqual({ result: true, id: 1 });
    expect(await raw.control("GET_PROPERTY", ["combined"])).toEqual({ result: false, id: 1 });
    await clock.advance(1000);
    await combined.settled();
    await raw.settled();
    expect(combined.frames.length).toBeGreaterThan(0);
    expect(combined.frames).toEqual(raw.frames.map((frame) => `{"stream":"btcusdt@trade","data":${frame}}`));
    expect(await raw.control("SET_PROPERTY", ["combined", true])).toMatchObject({ result: null });
    raw.frames.length = 0;
    await clock.advance(1000);
    await raw.settled();
    expect(raw.frames[0]).toMatch(/^{"stream":"btcusdt@trade","data":{/);
  });

  it("to what does not exist are acknowledged and silent", async () => {
    const { simulator, clock } = await start("spot");
    const client = await connect(simulator, "/ws");
    const streams = ["btcusd@trade", "BTCUSDT@trade", "btcusdt@kline_7m", "bccbtc@trade", "nonsense"];
    expect(await client.control("SUBSCRIBE", streams)).toMatchObject({ result: null });
    await clock.advance(5000);
    await client.settled();
    expect(client.frames).toEqual([]);
    expect(simulator.stats.subscriptionCount).toBe(streams.length);
  });

  it("on the wrong USD-M path are acknowledged and silent", async () => {
    const { simulator, clock } = await start("usd-future");
    const streams = ["btcusdt@trade", "btcusdt@aggTrade", "btcusdt@kline_1m", "btcusdt@bookTicker"];
    const kindsOn = async (path: string) => {
      const client = await connect(simulator, path);
      expect(await client.control("SUBSCRIBE", streams)).toMatchObject({ result: null });
      await clock.advance(2000);
      await client.settled();
      return [...new Set(client.frames.map((frame) => (JSON.parse(frame) as { e: string }).e))].sort();
    };
    expect(await kindsOn("/public/ws")).toEqual(["bookTicker", "trade"]);
    expect(await kindsOn("/market/ws")).toEqual(["aggTrade", "kline"]);
    expect(await kindsOn("/ws")).toEqual(["bookTicker", "trade"]);
    expect(await kindsOn("/private/ws")).toEqual([]);
  });

  it("are refused with the venue's errors, in the wanted shape", async () => {
    const wire = await connect((await start("spot")).simulator, "/ws");
    expect(await wire.control("SUBSCRIBE", "btcusdt@trade")).toEqual({
      error: { code: 2, msg: "Invalid request: streams must be an array" },
      id: 1,
    });
    const limits = { messagesPerSecond: 1000 };
    const { simulator } = await start("spot", limits, { controlErrorShape: "documented" });
    const documented = await connect(simulator, "/ws");
    expect(await documented.control("SUBSCRIBE", "btcusdt@trade")).toEqual({
      code: 2,
      msg: "Invalid request: streams must be an array",
      id: 1,
    });
    documented.socket.send(Buffer.from([0xff, 0x00, 0x7b]));
    await documented.until(() => documented.frames.some((frame) => frame.includes(`"code":3`)));
  });
});

describe("limits", () => {
  it.each([
    ["spot", 5],
    ["usd-future", 10],
  ] as const)("close %s connections with 1008 after %d messages in a second", async (market, perSecond) => {
    const { simulator, clock } = await start(market, {});
    const client = await connect(simulator, "/ws");
    for (let message = 0; message < perSecond; message++) await client.control("LIST_SUBSCRIPTIONS");
    await clock.advance(1000);
    for (let message = 0; message < perSecond - 1; message++) await client.control("LIST_SUBSCRIPTIONS");
    client.socket.ping();
    client.socket.ping();
    expect(await client.closed).toEqual({ code: 1008, reason: "Too many requests" });
    expect(simulator.stats.policyCloseCount).toBe(1);
  });

  it("close a connection that wants more than 1024 streams", async () => {
    const { simulator } = await start("spot");
    const client = await connect(simulator, "/ws");
    const streams = Array.from({ length: 1024 }, (_, index) => `a${index}@trade`);
    await client.control("SUBSCRIBE", streams);
    await client.control("SUBSCRIBE", streams.slice(0, 3));
    client.socket.send(JSON.stringify({ method: "SUBSCRIBE", params: ["one@more"], id: 9 }));
    expect((await client.closed).code).toBe(1008);
  });

  it("refuse connections beyond 300 in five minutes, and unknown paths", async () => {
    const { simulator, clock } = await start("spot", { connectionsPerFiveMinutes: 3 });
    await connect(simulator, "/ws");
    expect(await SocketClient.refusal(`${simulator.wsUrl}/nowhere`)).toBe(404);
    await connect(simulator, "/ws");
    expect(await SocketClient.refusal(`${simulator.wsUrl}/ws`)).toBe(429);
    await clock.advance(300_000);
    await connect(simulator, "/ws");
  });

  it("cut off a message beyond the size bound", async () => {
    const { simulator } = await start("spot");
    const client = await connect(simulator, "/ws");
    client.socket.send("x".repeat(200_000));
    expect((await client.closed).code).toBe(1009);
  });
});

describe("keep-alive", () => {
  it("pings spot every 20 s and cuts off who does not answer in 60 s", async () => {
    const { simulator, clock } = await start("spot", {});
    const good = await connect(simulator, "/ws");
    const mute = await connect(simulator, "/ws", { autoPong: false });
    for (let ping = 1; ping <= 4; ping++) {
      await clock.advance(19_999);
      expect(good.pings).toHaveLength(ping - 1);
      await clock.advance(1);
      await good.until(() => good.pings.length === ping);
      // The pong is read before this reply is made.
      await good.settled();
    }
    expect((await mute.closed).code).toBe(1006);
    await clock.advance(20_000);
    await good.settled();
    expect(simulator.stats.connectionCount).toBe(1);
  });

  it("ends a connection after 24 hours", async () => {
    const { simulator, clock } = await start(
      "spot",
      { pingIntervalMillis: 1e9 },
      { source: { kind: "synthetic", seed: 1, tradesPerSecond: 0 } },
    );
    const client = await connect(simulator, "/ws");
    await clock.advance(86_400_000);
    expect((await client.closed).code).toBe(1001);
  });
});

describe("faults", () => {
  it("drop, silence, replace and refuse", async () => {
    const { simulator, clock } = await start("spot");
    const client = await connect(simulator, "/ws/btcusdt@trade");
    await client.settled();
    expect(simulator.faults.sendRaw("btcusdt@trade", "{not json")).toBe(1);
    await client.settled();
    expect(client.frames).toEqual(["{not json"]);
    simulator.faults.silence("btcusdt@trade");
    await clock.advance(2000);
    await client.settled();
    expect(client.frames).toHaveLength(1);
    simulator.faults.resume();
    await clock.advance(2000);
    await client.settled();
    expect(client.frames.length).toBeGreaterThan(1);
    simulator.faults.refuseConnections(true);
    expect(simulator.faults.dropConnections()).toBe(1);
    expect((await client.closed).code).toBe(1006);
    expect(await SocketClient.refusal(`${simulator.wsUrl}/ws`)).toBe(503);
    simulator.faults.refuseConnections(false);
    const again = await connect(simulator, "/ws");
    simulator.faults.ignoreControl(true);
    const before = simulator.stats.controlMessageCount;
    again.socket.send(`{"method":"SUBSCRIBE","params":["btcusdt@trade"],"id":77}`);
    await expect.poll(() => simulator.stats.controlMessageCount).toBe(before + 1);
    simulator.faults.ignoreControl(false);
    expect(await again.control("LIST_SUBSCRIPTIONS")).toMatchObject({ result: [] });
  });

  it("cut off a reader of a synthetic market that falls too far behind", async () => {
    const { simulator, clock } = await start(
      "spot",
      { messagesPerSecond: 1000, unsentBytesMax: 1 << 20 },
      {
        source: { kind: "synthetic", seed: 1, tradesPerSecond: 20_000, symbols: ["BTCUSDT"] },
      },
    );
    const client = await connect(simulator, "/ws/btcusdt@trade");
    await client.settled();
    client.socket.pause();
    for (let second = 0; second < 30 && simulator.stats.slowReaderCloseCount === 0; second++)
      await clock.advance(1000);
    expect(simulator.stats.slowReaderCloseCount).toBe(1);
    client.socket.resume();
    await client.closed;
  });
});

describe("faults on real sockets", () => {
  it("half-open: no answer, no pong and no end until the simulator closes", async () => {
    const { simulator, clock } = await start("spot");
    const client = await connect(simulator, "/ws/btcusdt@trade");
    const other = await connect(simulator, "/ws/btcusdt@trade");
    await client.settled();
    simulator.inject({ fault: "half-open", connection: 1, atMillis: 1000 });
    await clock.advance(1000);
    await other.settled();
    const count = client.frames.length;
    let pongs = 0;
    client.socket.on("pong", () => pongs++);
    client.socket.ping();
    client.socket.send(`{"method":"LIST_SUBSCRIPTIONS","id":77}`);
    await clock.advance(2000);
    await other.settled();
    expect([client.frames.length, pongs, simulator.stats.connectionCount]).toEqual([count, 0, 1]);
    expect(client.socket.readyState).toBe(client.socket.OPEN);
    await simulator.close();
    expect((await client.closed).code).toBe(1006);
  });

  it("close, refuse and cut REST", async () => {
    const { simulator, clock } = await start("spot");
    const client = await connect(simulator, "/ws/btcusdt@trade");
    await client.settled();
    simulator.inject({ fault: "close", code: 1012, reason: "restart", count: 1 });
    await clock.advance(2000);
    expect(await client.closed).toEqual({ code: 1012, reason: "restart" });
    simulator.inject({ fault: "refuse-connection", status: 503, count: 1 });
    expect(await SocketClient.refusal(`${simulator.wsUrl}/ws`)).toBe(503);
    simulator.inject({ fault: "rest-reset", count: 1 });
    await expect(fetch(`${simulator.restUrl}/api/v3/ping`)).rejects.toThrow();
    expect((await fetch(`${simulator.restUrl}/api/v3/ping`)).status).toBe(200);
    expect(simulator.faultLog.map(({ fault }) => fault)).toEqual([
      "close",
      "refuse-connection",
      "rest-reset",
    ]);
  });
});
