import { SimulatedClock } from "@ims/common";
import type { StreamHub } from "@ims/integration-kit";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { FakeBinance } from "../../spec-support/fake-binance.js";
import { RecordingSink } from "../../spec-support/recording-sink.js";
import { silentLogger } from "../../spec-support/silent-logger.js";
import { SPOT_MARKET } from "../../spot/spot-market.js";
import { createFeedCounters } from "../decode/feed-counters.js";
import { FeedTable } from "../decode/feed-table.js";
import { openMarketHub } from "./market-hub.js";

let clock: SimulatedClock;
let venue: FakeBinance;
let hub: StreamHub;

beforeEach(async () => {
  clock = new SimulatedClock();
  venue = await FakeBinance.start();
  const sink = new RecordingSink();
  hub = openMarketHub({
    market: { ...SPOT_MARKET, streamsPerConnection: 3 },
    limits: {},
    wsUrl: venue.wsUrl,
    clock,
    random: () => 0.5,
    logger: silentLogger,
    sink,
    decoding: { table: new FeedTable(), sink, counters: createFeedCounters(), onIdJump: () => {} },
    onAcknowledged: () => {},
    onRefused: () => {},
    onStreamsDown: () => {},
  });
});

afterEach(async () => {
  await hub.close();
  expect(clock.pendingTimerCount).toBe(0);
  await venue.close();
});

describe("StreamHub", () => {
  it("puts a stream that comes back on the connection that still carries it", async () => {
    for (const stream of ["a", "b", "c"]) hub.subscribe(stream, "");
    const first = await venue.peers.next();
    expect((await first.controls.next()).params).toEqual(["a", "b", "c"]);
    for (const stream of ["d", "e"]) hub.subscribe(stream, "");
    const second = await venue.peers.next();
    expect((await second.controls.next()).params).toEqual(["d", "e"]);
    venue.acknowledges = false;
    for (const stream of ["a", "b"]) hub.unsubscribe(stream);
    const leaving = await first.controls.next();
    expect(leaving).toMatchObject({ method: "UNSUBSCRIBE", params: ["a", "b"] });
    // The second connection is the fuller one, and would be taken else.
    hub.subscribe("a", "");
    first.send({ result: null, id: leaving.id });
    expect(await first.controls.next()).toMatchObject({ method: "SUBSCRIBE", params: ["a"] });
    expect(second.controls.pendingCount).toBe(0);
  });

  it("closes a connection that has run empty while another one of its path stays", async () => {
    for (const stream of ["a", "b", "c", "d"]) hub.subscribe(stream, "");
    const [first, second] = [await venue.peers.next(), await venue.peers.next()];
    await Promise.all([first.controls.next(), second.controls.next()]);
    hub.unsubscribe("d");
    await second.closed;
    expect(hub.connectionCount).toBe(1);
    expect(hub.allOpen).toBe(true);
  });
});
