import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { SimulatedClock } from "@ims/common";
import fc from "fast-check";
import { afterEach, describe, expect, inject, it } from "vitest";
import { startBinanceSimulator } from "../../binance/binance-simulator.js";
import type { BinanceMarketName } from "../../binance/markets/market.js";
import type { BinanceSimulator } from "../../binance/simulator.js";
import type { RecordingSourceOptions } from "../../binance/simulator-options.js";
import { SocketClient } from "../../spec-support/socket-client.js";
import { parseRecordedLine, recordedFrame } from "./recorded-line.js";

const running: BinanceSimulator[] = [];
const clients: SocketClient[] = [];
const folders: string[] = [];

afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
  await Promise.all(running.splice(0).map((simulator) => simulator.close()));
  await Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true })));
});

async function start(
  market: BinanceMarketName,
  source: Omit<RecordingSourceOptions, "kind">,
  clock?: SimulatedClock,
): Promise<BinanceSimulator> {
  const simulator = await startBinanceSimulator({
    market,
    clock,
    source: { kind: "recording", ...source },
    limits: { messagesPerSecond: 1000 },
  });
  running.push(simulator);
  return simulator;
}

async function connect(simulator: BinanceSimulator, path: string): Promise<SocketClient> {
  const client = await SocketClient.open(`${simulator.wsUrl}${path}`);
  clients.push(client);
  return client;
}

async function recordingFile(name: string, text: string | Buffer): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "recording-"));
  folders.push(folder);
  const file = join(folder, name);
  await writeFile(file, text);
  return file;
}

function tradeText(id: number, symbol = "BTCUSDT"): string {
  return `{"e":"trade","E":1723161255343,"s":"${symbol}","t":${id},"p":"61837.63000000","q":"0.02000000","T":1723161255342,"m":true,"M":true}`;
}
function line(
  millis: number | null,
  data: string,
  url = "wss://stream.binance.com:9443/stream",
  dir = "in",
): string {
  return `{"t":${millis === null ? "null" : `"${millis}000000"`},"dir":"${dir}","url":"${url}","data":${data}}\n`;
}
function combined(stream: string, payload: string): string {
  return `{"stream":"${stream}","data":${payload}}`;
}

describe("lines of a recording", () => {
  it("keep the message byte for byte", () => {
    const odd = `{"stream":"btcusdt@trade","data":{"p" : 1.0002e6, "s":"a\\u0041}","x":[1,{}]}}`;
    const parsed = parseRecordedLine(Buffer.from(line(5, odd).trimEnd()))!;
    expect(parsed.receiveMicros).toBe(5000);
    expect(parsed.data.toString()).toBe(odd);
    const frame = recordedFrame(parsed)!;
    expect(frame.stream).toBe("btcusdt@trade");
    expect(Buffer.from(frame.payload).toString()).toBe(`{"p" : 1.0002e6, "s":"a\\u0041}","x":[1,{}]}`);
  });

  it("without a stream are no frames", () => {
    const frameOf = (text: string) => recordedFrame(parseRecordedLine(Buffer.from(text.trimEnd()))!);
    expect(frameOf(line(1, `{"lastUpdateId":1}`, "https://api.binance.com/api/v3/depth"))).toBeUndefined();
    expect(frameOf(line(1, "null", "wss://x/stream", "open"))).toBeUndefined();
    expect(frameOf(line(1, `{"method":"SUBSCRIBE"}`, "wss://x/stream", "out"))).toBeUndefined();
    expect(frameOf(line(1, `{"result":null,"id":1}`))).toBeUndefined();
    expect(frameOf(line(1, tradeText(1)))?.stream).toBe("btcusdt@trade");
    expect(frameOf(line(1, `{"u":1,"s":"ETHUSDT","b":"1","B":"1","a":"2","A":"1"}`))?.stream).toBe(
      "ethusdt@bookTicker",
    );
    for (const [event, stream] of [
      [`{"e":"markPriceUpdate","s":"A"}`, "a@markPrice@1s"],
      [`{"e":"forceOrder","o":{"s":"A"}}`, "a@forceOrder"],
      [`{"e":"24hrTicker","s":"A"}`, "a@ticker"],
      [`{"e":"24hrMiniTicker","s":"A"}`, "a@miniTicker"],
      [`{"e":"depthUpdate","s":"A"}`, "a@depth@100ms"],
    ]) {
      expect(frameOf(line(1, event!))?.stream).toBe(stream);
    }
    expect(frameOf(line(1, `{"e":"kline","s":"ETHUSDT","k":{"i":"1M"}}`))?.stream).toBe("ethusdt@kline_1M");
  });

  it("of any content never throw", () => {
    const whole = Buffer.from(line(5, combined("btcusdt@trade", tradeText(1))).trimEnd());
    const read = (bytes: Buffer) => {
      const parsed = parseRecordedLine(bytes);
      if (parsed) recordedFrame(parsed);
    };
    for (let length = 0; length < whole.length; length++) read(whole.subarray(0, length));
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => read(Buffer.from(bytes))));
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const bytes = Buffer.from(whole);
        bytes[at] = bytes[at]! ^ flip;
        read(bytes);
      }),
    );
  });
});

describe("a replay", () => {
  const text = [
    line(1000, combined("btcusdt@trade", tradeText(1))),
    line(1000, "null", "wss://stream.binance.com:9443/stream", "open"),
    line(1400, combined("ethusdt@trade", tradeText(7, "ETHUSDT"))),
    line(2000, tradeText(2)),
  ].join("");

  it("waits for the named streams, then sends wrapped or bare as each connection wants", async () => {
    const file = await recordingFile("a.jsonl.gz", gzipSync(text));
    const startWhenSubscribed = ["btcusdt@trade", "ethusdt@trade"];
    const simulator = await start("spot", { files: [file], speed: "max", startWhenSubscribed });
    const bare = await connect(simulator, "/ws/btcusdt@trade");
    await bare.settled();
    expect(simulator.stats.framesSent).toBe(0);
    const wrapped = await connect(simulator, "/stream?streams=btcusdt@trade/ethusdt@trade");
    await simulator.finished;
    await bare.settled();
    await wrapped.settled();
    expect(bare.frames).toEqual([tradeText(1), tradeText(2)]);
    expect(wrapped.frames).toEqual([
      combined("btcusdt@trade", tradeText(1)),
      combined("ethusdt@trade", tradeText(7, "ETHUSDT")),
      combined("btcusdt@trade", tradeText(2)),
    ]);
    expect(simulator.stats).toMatchObject({ framesSent: 5, framesWithoutSubscriber: 0 });
  });

  it("keeps the recorded pace divided by the speed, and cuts the pause between files", async () => {
    const first = await recordingFile("a.jsonl", text);
    const later = await recordingFile("b.jsonl", line(9_000_000, combined("btcusdt@trade", tradeText(3))));
    const clock = new SimulatedClock();
    const simulator = await start("spot", { files: [first, later], speed: 2 }, clock);
    const client = await connect(simulator, "/stream?streams=btcusdt@trade/ethusdt@trade");
    const received = async (millis: number, count: number) => {
      await clock.advance(millis);
      await client.until(() => client.frames.length >= count);
      await client.settled();
      expect(client.frames).toHaveLength(count);
    };
    await received(0, 1);
    await received(199, 1);
    await received(1, 2);
    await received(299, 2);
    await received(1, 3);
    // The second file is opened by now; its frame follows one recorded second later.
    await expect.poll(() => clock.pendingTimerCount).toBeGreaterThanOrEqual(3);
    await received(500, 4);
    await simulator.finished;
  });

  it("serves exchangeInfo from what was seen, no history, and a given body as it is", async () => {
    const file = await recordingFile("a.jsonl", text);
    const simulator = await start("spot", { files: [file], speed: "max" });
    const get = async (from: BinanceSimulator, path: string) =>
      (await fetch(`${from.restUrl}/api/v3/${path}`)).json();
    const info = (await get(simulator, "exchangeInfo")) as {
      symbols: { symbol: string; filters: object[] }[];
    };
    expect(info.symbols.map(({ symbol }) => symbol)).toEqual(["BTCUSDT", "ETHUSDT"]);
    expect(info.symbols[0]!.filters[0]).toMatchObject({ tickSize: "0.01000000" });
    expect(info.symbols[0]!.filters[1]).toMatchObject({ stepSize: "0.01000000" });
    expect(await get(simulator, "klines?symbol=BTCUSDT&interval=1m")).toEqual([]);
    expect(await get(simulator, "trades?symbol=BTCUSDT")).toEqual([]);
    const body = `{"timezone":"UTC",  "symbols":[]}`;
    const exchangeInfoFile = await recordingFile("info.json.gz", gzipSync(body));
    const given = await start("spot", { files: [file], speed: "max", exchangeInfoFile });
    expect(await (await fetch(`${given.restUrl}/api/v3/exchangeInfo`)).text()).toBe(body);
  });

  it("says what is wrong with files and options", async () => {
    const good = await recordingFile("a.jsonl", text);
    const refused = async (
      options: Partial<RecordingSourceOptions>,
      code: string,
      market: BinanceMarketName = "spot",
    ) => expect(start(market, { files: [good], speed: "max", ...options })).rejects.toMatchObject({ code });
    await refused({ files: ["/nowhere/a.jsonl.gz"] }, "simulator.recording-unreadable");
    await refused({ files: [await recordingFile("b.jsonl.gz", text)] }, "simulator.recording-unreadable");
    const broken = gzipSync(text).subarray(0, 60);
    await refused({ files: [await recordingFile("c.jsonl.gz", broken)] }, "simulator.recording-unreadable");
    await refused(
      { files: [await recordingFile("d.jsonl", `${text}{"no":1}\n`)] },
      "simulator.recording-malformed",
    );
    await refused({ files: [] }, "simulator.invalid-option");
    await refused({ files: [await recordingFile("e.jsonl", line(1, "{}"))] }, "simulator.invalid-option");
    await refused({ speed: 0 }, "simulator.invalid-option");
    await refused({}, "simulator.invalid-option", "usd-future");
    await refused({ exchangeInfoFile: good }, "simulator.recording-unreadable");
  });

  it("ends with an error when closed early, and leaves no timer", async () => {
    const file = await recordingFile("a.jsonl", text);
    const clock = new SimulatedClock();
    const simulator = await start("spot", { files: [file], speed: 1 }, clock);
    const client = await connect(simulator, "/ws/btcusdt@trade");
    await client.until(() => client.frames.length === 1);
    await simulator.close();
    await expect(simulator.finished).rejects.toMatchObject({ code: "simulator.closed-early" });
    expect(clock.pendingTimerCount).toBe(0);
  });
});

const sharedDir = inject("sharedDir");

describe.skipIf(!sharedDir)("recorded sessions", () => {
  const folder = `${sharedDir}/exchanges/recordings`;

  /** The data of every stream frame, found in the text without the code under test. */
  function framesIn(text: string): string[] {
    return text
      .split("\n")
      .filter((recorded) => recorded.includes(`"data":{"stream":"`))
      .map((recorded) => recorded.slice(recorded.indexOf(`"data":`) + `"data":`.length, -1));
  }
  const digest = (texts: readonly string[]) => {
    const hash = createHash("sha256");
    for (const text of texts) hash.update(text).update("\n");
    return hash.digest("hex");
  };

  it.each([
    [
      "spot",
      "binance-spot/btcusdt-20240808.jsonl.gz",
      [""],
      ["btcusdt@trade", "btcusdt@bookTicker", "btcusdt@depth@100ms"],
    ],
    [
      "usd-future",
      "binance-usdm/btcusdt-20230404.jsonl.gz",
      ["/public", "/market"],
      ["btcusdt@trade", "btcusdt@bookTicker", "btcusdt@depth@0ms", "btcusdt@markPrice@1s"],
    ],
    [
      "coin-future",
      "binance-coinm/btcusd_perp-20240808.jsonl.gz",
      [""],
      ["btcusd_perp@trade", "btcusd_perp@bookTicker", "btcusd_perp@depth@0ms"],
    ],
  ] as const)("of %s arrive whole, in order and byte for byte", async (market, path, routes, streams) => {
    const file = `${folder}/${path}`;
    const simulator = await start(market, { files: [file], speed: "max", startWhenSubscribed: streams });
    const connections: SocketClient[] = [];
    for (const route of routes) {
      connections.push(await connect(simulator, `${route}/stream?streams=${streams.join("/")}`));
    }
    await simulator.finished;
    for (const client of connections) await client.settled();
    const wanted = framesIn(gunzipSync(await readFile(file)).toString());
    const onMarket = (text: string) => text.includes("@markPrice");
    if (routes.length === 1) {
      expect(connections[0]!.frames.length).toBe(wanted.length);
      expect(digest(connections[0]!.frames)).toBe(digest(wanted));
    } else {
      expect(digest(connections[0]!.frames)).toBe(digest(wanted.filter((text) => !onMarket(text))));
      expect(digest(connections[1]!.frames)).toBe(digest(wanted.filter(onMarket)));
    }
    expect(simulator.stats.framesSent).toBe(wanted.length);
    const symbol = streams[0].split("@")[0]!.toUpperCase();
    expect(simulator.symbols).toEqual([symbol]);
  });

  it("wait for a reader that pauses", async () => {
    const file = `${folder}/binance-coinm/btcusd_perp-20240808.jsonl.gz`;
    const simulator = await start("coin-future", { files: [file], speed: "max" });
    const client = await SocketClient.open(`${simulator.wsUrl}/ws`);
    clients.push(client);
    await client.control("SUBSCRIBE", ["btcusd_perp@depth@0ms"]);
    client.socket.pause();
    let ended = false;
    void simulator.finished.then(() => {
      ended = true;
    });
    let last = -1;
    await expect
      .poll(
        () => {
          const stopped = simulator.stats.framesSent === last;
          last = simulator.stats.framesSent;
          return stopped && last > 0;
        },
        { timeout: 10_000, interval: 200 },
      )
      .toBe(true);
    expect(ended).toBe(false);
    // Far from all: what fits into the socket buffers of both sides and the bound of the connection.
    const sentWhilePaused = simulator.stats.framesSent;
    client.socket.resume();
    await simulator.finished;
    await client.settled();
    const wanted = framesIn(gunzipSync(await readFile(file)).toString()).filter((text) =>
      text.includes("@depth@0ms"),
    );
    expect(client.frames.length).toBe(wanted.length);
    expect(sentWhilePaused).toBeLessThan(wanted.length * 0.9);
  });
});
