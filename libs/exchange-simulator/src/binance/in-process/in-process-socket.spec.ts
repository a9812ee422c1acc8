import { describe, expect, it } from "vitest";
import { openVenue, VenueClient } from "../../spec-support/venue-client.js";
import { openInProcessVenue } from "./in-process-venue.js";

describe("a socket within the process", () => {
  it("opens, obeys and closes through the clock, never at once", async () => {
    const { venue, clock } = await openVenue("spot", { tradesPerSecond: 50 });
    const client = new VenueClient(venue, clock, "wss://host/ws");
    expect(client.socket.isOpen).toBe(false);
    await clock.advance(0);
    expect(client.socket.isOpen).toBe(true);
    client.socket.send(`{"method":"SUBSCRIBE","params":["btcusdt@trade"],"id":1}`);
    client.socket.send(Buffer.from(`{"method":"LIST_SUBSCRIPTIONS","id":2}`));
    expect(client.frames).toEqual([]);
    await clock.advance(0);
    expect(client.frames).toEqual([`{"result":null,"id":1}`, `{"result":["btcusdt@trade"],"id":2}`]);
    await clock.advance(1000);
    expect(client.frames.length).toBeGreaterThan(10);
    client.socket.close(1000);
    expect(client.closedCode).toBeUndefined();
    await clock.advance(0);
    expect(client.closedCode).toBe(1000);
    expect(venue.stats).toMatchObject({ connectionCount: 0, subscriptionCount: 0 });
    await venue.close();
    expect(clock.pendingTimerCount).toBe(0);
  });

  it("takes the latency that was asked for on the way to the venue", async () => {
    const opened = await openVenue("spot");
    const venue = await openInProcessVenue({
      market: "spot",
      clock: opened.clock,
      latencyMillis: 40,
      source: { kind: "synthetic", seed: 1, symbols: 1 },
    });
    const client = new VenueClient(venue, opened.clock, "/ws");
    await opened.clock.advance(39);
    expect(client.socket.isOpen).toBe(false);
    await opened.clock.advance(1);
    client.socket.send(`{"method":"LIST_SUBSCRIPTIONS","id":2}`);
    await opened.clock.advance(39);
    expect(client.frames).toEqual([]);
    await opened.clock.advance(1);
    expect(client.frames).toHaveLength(1);
    await venue.close();
    await opened.venue.close();
  });

  it("holds frames back while paused, in order, and gives up on a reader that is too slow", async () => {
    const { venue, clock, connect } = await openVenue(
      "spot",
      { tradesPerSecond: 50 },
      { limits: { unsentBytesMax: 20_000 } },
    );
    const client = await connect("/ws/btcusdt@trade");
    await clock.advance(1000);
    client.socket.pause();
    const count = client.frames.length;
    await clock.advance(2000);
    expect(client.frames).toHaveLength(count);
    client.socket.resume();
    const ids = client.parsed<{ t: number }>().map(({ t }) => t);
    expect(ids.length).toBeGreaterThan(count);
    expect(ids.every((id, at) => id === ids[0]! + at)).toBe(true);
    expect(ids.at(-1)).toBe(venue.truth("BTCUSDT").lastTradeId);
    client.socket.pause();
    await clock.advance(30_000);
    expect(client.closedCode).toBe(1006);
    expect(venue.stats.slowReaderCloseCount).toBe(1);
    await venue.close();
  });

  it("ends with 1009 at a frame beyond the client's bound, and with what the handler throws left to it", async () => {
    const { venue, clock } = await openVenue("spot", { tradesPerSecond: 50 });
    let closed: number | undefined;
    venue.dial("/ws/btcusdt@trade", 20, {
      onOpen: () => {},
      onMessage: () => {},
      onSign: () => {},
      onError: () => {},
      onRefused: () => {},
      onClosed: (code) => {
        closed = code;
      },
    });
    await clock.advance(2000);
    expect(closed).toBe(1009);
    await venue.close();
  });

  it.each([
    ["spot", 20_000, 60_000],
    ["usd-future", 180_000, 600_000],
    ["coin-future", 180_000, 600_000],
  ] as const)(
    "%s pings every %d ms and cuts whoever does not answer within %d",
    async (market, every, within) => {
      const opened = await openVenue(market, { tradesPerSecond: 0.001, timerMillis: 60_000 });
      const answering = await opened.connect("/ws");
      const venue = await openInProcessVenue({
        market,
        clock: opened.clock,
        autoPong: false,
        source: { kind: "synthetic", seed: 1, symbols: 1, tradesPerSecond: 0 },
      });
      const deaf = new VenueClient(venue, opened.clock, "/ws");
      await opened.clock.advance(every);
      expect([answering.signs.length, deaf.signs.length]).toEqual([1, 1]);
      // An unsolicited pong does not save it.
      deaf.socket.pong("something else");
      await opened.clock.advance(within - 1);
      expect(deaf.closedCode).toBeUndefined();
      await opened.clock.advance(2);
      expect([answering.closedCode, deaf.closedCode]).toEqual([undefined, 1006]);
      await venue.close();
      await opened.venue.close();
      expect(opened.clock.pendingTimerCount).toBe(0);
    },
  );

  it("is held to the venue's limits", async () => {
    const { venue, clock, connect } = await openVenue(
      "spot",
      {},
      { limits: { connectionsPerFiveMinutes: 4 } },
    );
    const hasty = await connect("/ws");
    for (let id = 0; id < 6; id++) hasty.socket.send(`{"method":"LIST_SUBSCRIPTIONS","id":${id}}`);
    await clock.advance(10);
    expect(hasty.frames).toHaveLength(5);
    expect(hasty.closedCode).toBe(1008);
    const pinging = await connect("/ws");
    for (let count = 0; count < 6; count++) pinging.socket.ping();
    await clock.advance(10);
    expect(pinging.closedCode).toBe(1008);
    const greedy = await connect("/ws");
    const names = Array.from({ length: 1025 }, (_, at) => `s${at}@trade`);
    greedy.socket.send(JSON.stringify({ method: "SUBSCRIBE", params: names, id: 1 }));
    await clock.advance(10);
    expect([greedy.closedCode, greedy.frames]).toEqual([1008, []]);
    await connect("/ws");
    expect((await connect("/ws")).refusedStatus).toBe(429);
    await clock.advance(300_000);
    expect((await connect("/ws")).socket.isOpen).toBe(true);
    expect((await connect("/nowhere")).refusedStatus).toBe(404);
    expect(venue.stats.policyCloseCount).toBe(3);
    await venue.close();
  });

  it("is refused by a venue that is closed, as is a request", async () => {
    const { venue, clock, connect } = await openVenue("spot");
    const client = await connect("/ws/btcusdt@trade");
    await venue.close();
    expect(client.closedCode).toBe(1006);
    const late = await connect("/ws/btcusdt@trade");
    await clock.advance(0);
    expect([late.socket.isOpen, late.closedCode, late.refusedStatus]).toEqual([false, 1006, undefined]);
    expect(clock.pendingTimerCount).toBe(0);
    await expect(venue.request("GET", "/api/v3/ping")).rejects.toMatchObject({
      code: "simulator.closed-early",
    });
    await venue.close();
  });

  it("answers REST with lower-case headers, whatever the origin", async () => {
    const { venue, get } = await openVenue("usd-future");
    expect(await get("https://host:443/fapi/v1/ping")).toEqual({});
    const refused = await venue.request("GET", "/fapi/v1/historicalTrades?symbol=BTCUSDT", {
      "X-Other": "1",
    });
    expect(refused).toMatchObject({ status: 401, headers: { "x-mbx-used-weight-1m": expect.any(String) } });
    const keyed = await venue.request("GET", "/fapi/v1/historicalTrades?symbol=BTCUSDT", {
      "X-MBX-APIKEY": "k",
    });
    expect(keyed.status).toBe(200);
    await venue.close();
  });
});
