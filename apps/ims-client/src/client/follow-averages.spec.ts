import { AverageState } from "@ims/common";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { IggyStage } from "../spec-support/iggy-stage.js";
import { encodeAverage } from "../spec-support/sample-states.js";
import { type AveragesOptions, followAverages } from "./follow-averages.js";
import type { MissedMessages } from "./follow-records.js";

let stage: IggyStage;
beforeAll(async () => {
  stage = await IggyStage.start();
  await stage.client.streams.create("averages");
  await stage.client.topics.create("averages", { name: "binancespot", partitionCount: 2 });
  await send(0, encodeAverage({ symbol: "BTCUSDT", window: 0 }));
  await send(1, encodeAverage({ symbol: "ETHUSDT", window: 0 }));
  await send(1, encodeAverage({ symbol: "ETHUSDT", window: 0, seconds: 1 }));
  await send(0, Buffer.from("three octets"));
  await send(0, encodeAverage({ symbol: "BTCUSDT", window: 0, halfLifeTrades: 20 }));
  await send(0, encodeAverage({ symbol: "BTCUSDT", window: 1, state: AverageState.Empty }));
  await send(0, encodeAverage({ symbol: "BTCUSDT", window: 0, state: AverageState.Revised }));
});
afterAll(() => stage.end());

async function send(partitionId: number, payload: Uint8Array): Promise<void> {
  await stage.client.sendMessages({
    stream: "averages",
    topic: "binancespot",
    partitioning: { kind: "partition", partitionId },
    messages: [{ payload }],
  });
}

/** The first messages of an iteration. */
async function take(count: number, options: AveragesOptions) {
  const messages = [];
  for await (const message of followAverages({ url: stage.url, ...options })) {
    messages.push(message);
    if (messages.length === count) break;
  }
  return messages;
}

describe("followAverages", () => {
  it("gives every field, exact, and null where a window had no trade", async () => {
    const [mean, exponential, empty, revised] = await take(4, { symbols: "BTCUSDT", from: "first" });
    const start = 1_723_118_400_000_000;
    expect(JSON.parse(JSON.stringify(mean))).toEqual({
      type: "average",
      exchange: "binancespot",
      symbol: "BTCUSDT",
      flags: [],
      eventMicros: start + 123_000,
      sendMicros: null,
      receiveMicros: start + 125_000,
      publishMicros: start + 125_100,
      offset: 0,
      partitionId: 0,
      method: "simple",
      state: "closed",
      windowStartMicros: start,
      windowEndMicros: start + 10e6,
      nominalMicros: 10e6,
      nominalCount: null,
      value: "61837.5",
      vwap: "61837.51",
      twap: "61837.49",
      open: "61837",
      high: "61838",
      low: "61837",
      close: "61837.63",
      volume: "1.5",
      quoteVolume: "92756.265",
      takerVolume: "1",
      sellVolume: "0.5",
      realisedVolatility: 0.0001234,
      tradeCount: 4,
      excludedCount: 1,
      lateCount: 2,
    });
    expect(exponential).toMatchObject({
      method: "exponential-by-count",
      nominalCount: 20,
      nominalMicros: null,
    });
    expect(empty).toMatchObject({
      state: "empty",
      value: null,
      open: null,
      realisedVolatility: null,
      tradeCount: 0,
    });
    expect(revised).toMatchObject({ state: "revised", flags: ["late"], offset: 4 });
  });

  it("tells of what it cannot read, and goes on behind it", async () => {
    const missed: MissedMessages[] = [];
    const messages = await take(1, {
      symbols: ["btcusdt"],
      from: { offset: 1 },
      onMissed: (it) => missed.push(it),
    });
    expect(messages).toMatchObject([{ offset: 2 }]);
    expect(missed).toMatchObject([{ partitionId: 0, expectedOffset: 1, foundOffset: 2 }]);
    expect(missed[0]!.reason).not.toBe("");
  });

  it("reads all symbols of all partitions, begins with the newest, and chooses windows", async () => {
    const symbols = (await take(2, {})).map(({ symbol }) => symbol);
    expect(symbols.sort()).toEqual(["BTCUSDT", "ETHUSDT"]);
    const second = await take(1, { windowMicros: 1e6, from: "first" });
    expect(second).toMatchObject([{ symbol: "ETHUSDT", nominalMicros: 1e6, offset: 1 }]);
  });

  it("goes on with what comes, until the signal", async () => {
    const ended = new AbortController();
    const averages = followAverages({ url: stage.url, symbols: "SOLUSDT", signal: ended.signal });
    const next = averages.next();
    await send(1, encodeAverage({ symbol: "SOLUSDT", window: 2 }));
    expect((await next).value).toMatchObject({ symbol: "SOLUSDT", partitionId: 1 });
    const last = averages.next();
    ended.abort();
    expect(await last).toEqual({ done: true, value: undefined });
  });

  it("ends quietly when the signal comes while it connects", async () => {
    const ended = new AbortController();
    const next = followAverages({ url: stage.url, signal: ended.signal }).next();
    ended.abort();
    expect(await next).toEqual({ done: true, value: undefined });
  });

  it("says what is not there, and what cannot be asked", async () => {
    await expect(take(1, { exchange: "bitstamp" })).rejects.toMatchObject({
      code: "client.not-there",
      message: expect.stringMatching(/bitstamp, only of binancespot.*IMS_AVERAGE_SOURCES=bitstamp/),
    });
    await expect(take(1, { name: "other" })).rejects.toMatchObject({ code: "client.not-there" });
    await expect(take(1, { from: { offset: -1 } })).rejects.toMatchObject({
      code: "client.invalid-argument",
    });
    await expect(take(1, { from: { time: new Date(Number.NaN) } })).rejects.toMatchObject({
      code: "client.invalid-argument",
    });
    await expect(
      take(1, { url: "iggy://iggy:iggy@127.0.0.1:1", connectTimeoutMillis: 50 }),
    ).rejects.toMatchObject({
      code: "client.no-broker",
    });
  });
});
