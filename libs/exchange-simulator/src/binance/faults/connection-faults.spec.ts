import { describe, expect, it } from "vitest";
import { TRADES_PATH, withRules } from "../../spec-support/fault-rules.js";
import { openVenue } from "../../spec-support/venue-client.js";
import type { FaultRule } from "./fault-script.js";

describe("connection faults", () => {
  it("close with a code, by count", async () => {
    const { client, venue } = await withRules([{ fault: "close", code: 1011, skip: 4 }], 5);
    expect(client.frames).toHaveLength(4);
    expect(client.closedCode).toBe(1011);
    expect(venue.stats.connectionCount).toBe(0);
    await venue.close();
  });

  it("reset one connection at a time", async () => {
    const { venue, clock, connect } = await openVenue("spot", { tradesPerSecond: 30 });
    const one = await connect(TRADES_PATH);
    const other = await connect(TRADES_PATH);
    const third = await connect("/ws/ethusdt@trade");
    venue.inject({ fault: "reset", connection: 1, atMillis: 1000 });
    venue.inject({ fault: "close", code: 4000, stream: "eth*@trade", atMillis: 2000 });
    await clock.advance(3000);
    expect(third.closedCode).toBe(4000);
    expect([one.closedCode, other.closedCode]).toEqual([1006, undefined]);
    expect(other.frames.length).toBeGreaterThan(one.frames.length);
    await venue.close();
  });

  it("half-open: nothing comes any more, not even an answer or an end", async () => {
    const { venue, clock, connect } = await openVenue("spot", { tradesPerSecond: 30 });
    const client = await connect(TRADES_PATH);
    venue.inject({ fault: "half-open", atMillis: 1000 });
    await clock.advance(1000);
    const count = client.frames.length;
    expect(count).toBeGreaterThan(0);
    const signs = client.signs.length;
    client.socket.send(`{"method":"LIST_SUBSCRIPTIONS","id":1}`);
    client.socket.ping();
    await clock.advance(300_000);
    expect([client.frames.length, client.signs.length, client.closedCode]).toEqual([count, signs, undefined]);
    expect(client.socket.isOpen).toBe(true);
    expect(venue.stats.connectionCount).toBe(0);
    await venue.close();
    expect(clock.pendingTimerCount).toBe(0);
  });

  it("serverShutdown is announced in either form, then the connections close", async () => {
    const { venue, clock, connect } = await openVenue("spot");
    const raw = await connect("/ws/nobody@trade");
    const combined = await connect("/stream?streams=nobody@trade");
    venue.inject({ fault: "server-shutdown", atMillis: 1000, leadMillis: 5000 });
    await clock.advance(1000);
    const late = await connect("/ws/nobody@trade");
    const E = Math.floor(clock.nowMicros() / 1000);
    expect(raw.frames).toEqual([`{"e":"serverShutdown","E":${E}}`]);
    expect(combined.frames).toEqual([`{"stream":"!serverShutdown","data":{"e":"serverShutdown","E":${E}}}`]);
    await clock.advance(4999);
    expect(raw.closedCode).toBeUndefined();
    await clock.advance(1);
    expect([raw.closedCode, combined.closedCode, late.closedCode]).toEqual([1001, 1001, undefined]);
    await venue.close();
  });

  it("refuse upgrades", async () => {
    const { venue, connect } = await openVenue("spot");
    venue.inject({ fault: "refuse-connection", status: 429, retryAfterSeconds: 9, count: 1 });
    const refused = await connect(TRADES_PATH);
    expect([refused.refusedStatus, refused.retryAfter]).toEqual([429, "9"]);
    const taken = await connect(TRADES_PATH);
    expect(taken.socket.isOpen).toBe(true);
    await venue.close();
  });

  it("the 24 h limit comes in simulated time", async () => {
    const { venue, clock, connect } = await openVenue("spot", { tradesPerSecond: 0.01, timerMillis: 60_000 });
    const client = await connect(TRADES_PATH);
    await clock.advance(86_399_000);
    expect(client.closedCode).toBeUndefined();
    await clock.advance(1001);
    expect(client.closedCode).toBe(1001);
    await venue.close();
  });
});

describe("control faults", () => {
  async function subscribing(rule: FaultRule) {
    const { venue, clock, connect } = await openVenue(
      "spot",
      { tradesPerSecond: 30 },
      { faults: { rules: [rule] } },
    );
    const client = await connect("/ws");
    client.socket.send(`{"method":"SUBSCRIBE","params":["btcusdt@trade","ethusdt@trade"],"id":7}`);
    await clock.advance(5000);
    const replies = client.frames.filter((frame) => frame.includes(`"id":`));
    const symbols = new Set(client.parsed<{ s?: string }>().map(({ s }) => s));
    symbols.delete(undefined);
    await venue.close();
    return { replies, symbols: [...symbols].sort() };
  }

  it.each<[FaultRule, string[], string[]]>([
    [{ fault: "no-ack" }, [], ["BTCUSDT", "ETHUSDT"]],
    [{ fault: "wrong-ack" }, [`{"result":null,"id":987654321}`], ["BTCUSDT", "ETHUSDT"]],
    [{ fault: "error-ack", code: 3, msg: "no" }, [`{"error":{"code":3,"msg":"no"},"id":7}`], []],
    [{ fault: "silent-after-ack" }, [`{"result":null,"id":7}`], []],
    [{ fault: "silent-after-ack", stream: "btc*" }, [`{"result":null,"id":7}`], ["ETHUSDT"]],
  ])("%j", async (rule, replies, symbols) => {
    expect(await subscribing(rule)).toEqual({ replies, symbols });
  });
});
