import { DataType, SimulatedClock } from "@ims/common";
import { beforeEach, expect, it } from "vitest";
import { crossCheck } from "./cross-check.js";
import { DeribitRequests } from "./rpc/deribit-requests.js";
import { FeedStage } from "./spec-support/feed-stage.js";

const SYMBOL = "ETH_BTC";
const CHANNEL = `book.${SYMBOL}.100ms`;

let stage: FeedStage;
let handler: ReturnType<FeedStage["open"]>;
let venueChangeId: number;

beforeEach(() => {
  stage = new FeedStage();
  handler = stage.open(CHANNEL, SYMBOL, { dataType: DataType.Book });
  change("snapshot", 100);
});

function change(type: "snapshot" | "change", changeId: number, previousId = 0): void {
  const rest = type === "change" ? { prev_change_id: previousId } : {};
  const data = { type, timestamp: 1_789_344_933_994, instrument_name: SYMBOL, change_id: changeId, ...rest };
  const levels = { bids: [["new", 0.05, 1]], asks: [["new", 0.06, 1]] };
  const params = { channel: CHANNEL, data: { ...data, ...levels } };
  stage.receive(JSON.stringify({ jsonrpc: "2.0", method: "subscription", params }));
}

/** What is found, once so many milliseconds are over; `meanwhile` is called when the venue was asked. */
async function check(meanwhile: () => void, millis = 2000) {
  const clock = new SimulatedClock();
  const context = {
    clock,
    random: () => 0.5,
    logger: { debug() {}, info() {}, warn() {}, error() {} },
    sink: stage.sink,
  };
  const requests = new DeribitRequests(context, "http://venue.invalid/api/v2", async () => ({
    status: 200,
    headers: {},
    body: Buffer.from(JSON.stringify({ result: { change_id: venueChangeId } })),
  }));
  const found = crossCheck(handler, SYMBOL, 30_000, requests, context, new AbortController().signal);
  await clock.advance(0);
  await new Promise((resolve) => setImmediate(resolve));
  meanwhile();
  await clock.advance(millis);
  return (await found).verdict;
}

it("finds a book quiet that the venue has not changed either", async () => {
  venueChangeId = 100;
  expect(await check(() => {}, 0)).toBe("quiet");
});

it("does not take a book for dead whose change is under way", async () => {
  venueChangeId = 105;
  expect(await check(() => change("change", 105, 100))).toBe("quiet");
});

it("finds a book dead whose change does not come, and judges none that waits for its snapshot", async () => {
  venueChangeId = 105;
  expect(await check(() => {})).toBe("dead");
  expect(await check(() => handler.interrupted?.())).toBe("unknown");
});
