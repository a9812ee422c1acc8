import { SimulatedClock } from "@ims/common";
import { afterEach, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { SocketClient } from "../../spec-support/socket-client.js";
import { startBinanceSimulator } from "../binance-simulator.js";
import { type InProcessVenue, openInProcessVenue } from "../in-process/in-process-venue.js";
import type { BinanceSimulator } from "../simulator.js";
import type { VenueOptions } from "../simulator-options.js";

const KEY = "an-api-key-of-sixteen-or-more";
const source = {
  kind: "synthetic",
  seed: 6,
  symbols: ["BTCUSDT", "DOGEUSDT"],
  tradesPerSecond: 100,
} as const;

const running: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const each of running.splice(0).reverse()) await each.close();
});

/** What a client within the process was sent. */
interface Reader {
  readonly binary: Buffer[];
  readonly texts: string[];
  refusedStatus: number;
  send(text: string): void;
}

async function open(options: Partial<VenueOptions> = {}) {
  const clock = new SimulatedClock();
  const venue = await openInProcessVenue({ market: "spot", source, clock, ...options });
  running.push(venue);
  return { clock, venue };
}

async function read(
  venue: InProcessVenue,
  clock: SimulatedClock,
  path: string,
  headers?: Record<string, string>,
): Promise<Reader> {
  const reader: Reader = { binary: [], texts: [], refusedStatus: 0, send: (text) => socket.send(text) };
  const nothing = () => {};
  const events = {
    onOpen: nothing,
    onMessage: (frame: Uint8Array) => {
      if (frame[0] === 0x7b) reader.texts.push(Buffer.from(frame).toString());
      else reader.binary.push(Buffer.from(frame));
    },
    onSign: nothing,
    onError: nothing,
    onRefused: (status: number) => {
      reader.refusedStatus = status;
    },
    onClosed: nothing,
  };
  const socket = venue.dial(`wss://venue.test${path}`, 1 << 20, events, headers);
  await clock.advance(10);
  return reader;
}

const template = (frame: Buffer) => frame.readUInt16LE(2);
const sentMicros = (frame: Buffer) => Number(frame.readBigInt64LE(8));
const symbolOf = (frame: Buffer) => /[A-Z0-9]+$/.exec(frame.toString("latin1"))?.[0];

describe("binary streams", () => {
  it("come with templates and paces of their own, and replies are text", async () => {
    const { clock, venue } = await open();
    const reader = await read(venue, clock, "/sbe/stream");
    const streams = ["trade", "bestBidAsk", "depth", "depth20"].map((kind) => `btcusdt@${kind}`);
    reader.send(JSON.stringify({ method: "SUBSCRIBE", params: streams, id: 1 }));
    await clock.advance(3000);
    expect(reader.texts).toEqual(['{"result":null,"id":1}']);
    const of = (id: number) => reader.binary.filter((frame) => template(frame) === id);
    expect(of(10000).length).toBeGreaterThan(20);
    expect(of(10001).length).toBeGreaterThan(20);
    for (const frame of of(10003)) expect(sentMicros(frame) % 20_000).toBe(0);
    expect(of(10003).length).toBeGreaterThan(20);
    expect(of(10002).length).toBeGreaterThan(20);
    expect(of(10002).length).toBeLessThanOrEqual(60);
    expect(reader.binary.every((frame) => symbolOf(frame)!.endsWith("BTCUSDT"))).toBe(true);
    expect(venue.stats.framesSent).toBe(reader.binary.length);
  });

  it("are four: others are acknowledged and stay silent, and JSON connections have none of them", async () => {
    const { clock, venue } = await open();
    const binary = await read(venue, clock, "/sbe/ws/btcusdt@aggTrade/btcusdt@kline_1m/btcusdt@depth5");
    const json = await read(venue, clock, "/ws/btcusdt@depth@20ms/btcusdt@depth20@50ms/btcusdt@bestBidAsk");
    await clock.advance(3000);
    expect([...binary.binary, ...binary.texts, ...json.binary, ...json.texts]).toEqual([]);
  });

  it("end with their subscription, and leave nothing behind", async () => {
    const { clock, venue } = await open();
    const reader = await read(venue, clock, "/sbe/ws/btcusdt@trade");
    const json = await read(venue, clock, "/ws/btcusdt@trade");
    await clock.advance(1000);
    expect(reader.binary.length).toBeGreaterThan(0);
    reader.send('{"method":"UNSUBSCRIBE","params":["btcusdt@trade"],"id":2}');
    await clock.advance(10);
    const [count, jsonCount] = [reader.binary.length, json.texts.length];
    await clock.advance(1000);
    expect(reader.binary.length).toBe(count);
    expect(json.texts.length).toBeGreaterThan(jsonCount);
    expect(venue.stats.subscriptionCount).toBe(1);
  });

  it("want a key of those that are configured, which JSON does not", async () => {
    const { clock, venue } = await open({ apiKeys: [KEY] });
    const path = "/sbe/ws/btcusdt@trade";
    expect((await read(venue, clock, path)).refusedStatus).toBe(401);
    expect((await read(venue, clock, path, { "X-MBX-APIKEY": "another" })).refusedStatus).toBe(401);
    expect((await read(venue, clock, path, { "x-mbx-apikey": KEY })).refusedStatus).toBe(0);
    expect((await read(venue, clock, "/ws/btcusdt@trade")).refusedStatus).toBe(0);
    expect(venue.stats.connectionCount).toBe(2);
  });

  it("suffer faults: cut frames, frames of a later version, silence", async () => {
    const { clock, venue } = await open({
      faults: {
        rules: [
          { fault: "malformed", stream: "btcusdt@bestBidAsk", count: 1 },
          { fault: "extra-field", stream: "btcusdt@bestBidAsk", count: 1 },
        ],
      },
    });
    const reader = await read(venue, clock, "/sbe/ws/btcusdt@bestBidAsk");
    await clock.advance(2000);
    const [cut, later, whole] = reader.binary;
    expect(cut!.length).toBeLessThan(whole!.length);
    expect([later!.readUInt16LE(0), later!.readUInt16LE(6)]).toEqual([51, 1]);
    expect([whole!.readUInt16LE(0), whole!.readUInt16LE(6)]).toEqual([50, 0]);
    venue.faults.silence("btcusdt@bestBidAsk");
    await clock.advance(20);
    const count = reader.binary.length;
    await clock.advance(2000);
    expect(reader.binary.length).toBe(count);
  });
});

describe("binary streams over real sockets", () => {
  it("are binary messages, refused with 401 without the key", async () => {
    const clock = new SimulatedClock();
    const options = { market: "spot", clock, source, apiKeys: [KEY] } as const;
    const simulator: BinanceSimulator = await startBinanceSimulator(options);
    running.push(simulator);
    expect(await SocketClient.refusal(`${simulator.sbeUrl}/ws/btcusdt@trade`)).toBe(401);
    const socket = new WebSocket(`${simulator.sbeUrl}/stream`, { headers: { "X-MBX-APIKEY": KEY } });
    const messages: { readonly bytes: Buffer; readonly isBinary: boolean }[] = [];
    const until = (count: number) =>
      new Promise<void>((resolve) => {
        const look = () => messages.length >= count && resolve();
        socket.on("message", look);
        look();
      });
    socket.on("message", (bytes, isBinary) => messages.push({ bytes: bytes as Buffer, isBinary }));
    await new Promise((resolve) => socket.once("open", resolve));
    socket.send('{"method":"SUBSCRIBE","params":["btcusdt@trade"],"id":1}');
    await until(1);
    await clock.advance(3000);
    await until(10);
    expect(messages[0]).toMatchObject({ isBinary: false });
    for (const { bytes, isBinary } of messages.slice(1)) {
      expect(isBinary).toBe(true);
      expect(bytes.subarray(0, 8).toString("hex")).toBe("1200102701000000");
    }
    socket.terminate();
  });
});
