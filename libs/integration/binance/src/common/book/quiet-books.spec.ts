import { GapReason, type Instrument, sleep } from "@ims/common";
import { HttpJsonClient } from "@ims/integration-kit";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { BookStage } from "../../spec-support/book-stage.js";
import { silentLogger } from "../../spec-support/silent-logger.js";
import { BINANCE_REST_RULES } from "../rest/rest-rules.js";
import { QuietBooks } from "./quiet-books.js";
import { futuresSequence } from "./sequence-rule.js";

const BIDS = [["99.5", "1.25"]] as const;
const ASKS = [["101", "1"]] as const;
const TOP = { symbol: "BTCUSDT", bidPrice: "99.50", bidQty: "1.250", askPrice: "101.00", askQty: "1.000" };

let stage: BookStage;
let quiet: QuietBooks;
/** What the venue answers; called at each request. */
let answer: (signal: AbortSignal) => Promise<unknown>;
let requestCount: number;

beforeEach(() => {
  stage = new BookStage(futuresSequence);
  const { clock } = stage;
  requestCount = 0;
  answer = async () => [TOP];
  const http = new HttpJsonClient({
    baseUrl: "http://venue",
    clock,
    random: () => 0.5,
    logger: silentLogger,
    transport: async (_url, _headers, _bytesMax, signal) => {
      requestCount++;
      return { status: 200, headers: {}, body: Buffer.from(JSON.stringify(await answer(signal))) };
    },
  });
  const instrument = { symbol: "BTCUSDT", priceScale: 1, quantityScale: 2 } as Instrument;
  quiet = new QuietBooks({
    clock,
    logger: silentLogger,
    rest: { http, rules: BINANCE_REST_RULES["coin-future"] },
    books: [stage.feed],
    instrumentOf: () => instrument,
  });
});

afterEach(async () => {
  await quiet.close();
  stage.feed.stop();
});

async function pass(millis: number): Promise<void> {
  for (let left = millis; left > 0; left -= 250) {
    await stage.pass(250);
    quiet.check();
    await stage.clock.advance(0);
  }
}

/** A book of which the stream has said nothing. */
async function silentBook(): Promise<void> {
  await pass(3000);
  stage.snapshot(50, BIDS, ASKS);
  expect(stage.take()).toEqual(["snapshot 50 suspect"]);
}

describe("QuietBooks", () => {
  it("confirms a silent book, once, and what comes later continues it by the rule of a first event", async () => {
    await silentBook();
    await pass(3000);
    expect([stage.take(), stage.feed.isSuspect, stage.states.at(-1)]).toEqual([["snapshot 50"], false, "3"]);
    await pass(60_000);
    expect([stage.take(), stage.wanted]).toEqual([[], 0]);
    expect(requestCount).toBeLessThan(5);
    stage.depth({ U: 48, u: 52, pu: 47, b: [["98", "1"]], a: [] });
    expect(stage.take()).toEqual(["delta 50>52"]);
  });

  it("has confirmed nothing of the book that comes after an interruption", async () => {
    await silentBook();
    await pass(3000);
    stage.take();
    stage.feed.interrupted(GapReason.ConnectionLost, "cut");
    await pass(1000);
    stage.snapshot(60, BIDS, ASKS);
    expect(stage.take()).toEqual(["gap 0-0", "snapshot 60 suspect"]);
  });

  it("leaves a book alone whose stream spoke while the venue was asked", async () => {
    await silentBook();
    answer = async () => {
      stage.depth({ U: 40, u: 50, pu: 39, b: [], a: [] });
      return [{ ...TOP, bidPrice: "98" }];
    };
    await pass(3000);
    expect(stage.take()).toEqual(["delta 50>50"]);
    await pass(10_000);
    expect(stage.wanted).toBe(0);
  });

  it("takes no answer for news that is older than what the stream said", async () => {
    await silentBook();
    answer = async (signal) => {
      stage.depth({ U: 30, u: 40, pu: 29, b: [], a: [] });
      await sleep(stage.clock, 6000, signal);
      return [{ ...TOP, bidPrice: "98" }];
    };
    await pass(25_000);
    expect(requestCount).toBeGreaterThan(2);
    expect(stage.wanted).toBe(0);
  });

  it("has a book that differs twice read again", async () => {
    await silentBook();
    answer = async () => [{ ...TOP, askQty: "2" }];
    await pass(3000);
    expect([requestCount, stage.wanted]).toEqual([1, 0]);
    await pass(5000);
    expect([requestCount, stage.wanted]).toEqual([2, 1]);
    stage.snapshot(55, BIDS, [["101", "2"]]);
    expect(stage.take()).toEqual(["snapshot 55 suspect"]);
    await pass(6000);
    expect(stage.take()).toEqual(["snapshot 55"]);
  });

  it("learns nothing from answers that it cannot use, asks with pauses, and ends while it waits", async () => {
    await silentBook();
    for (const body of [{}, [7, { symbol: "BTCUSDT" }], [{ ...TOP, bidPrice: "?" }]]) {
      answer = async () => body;
      await pass(5000);
    }
    answer = () => Promise.reject(new Error("no route"));
    await pass(5000);
    expect(requestCount).toBe(4);
    expect(stage.feed.isSuspect).toBe(true);
    answer = (signal) => sleep(stage.clock, 60_000, signal);
    await pass(5000);
    await quiet.close();
    expect(requestCount).toBe(5);
  });
});
