import { describe, expect, it } from "vitest";
import { readPlan } from "../plan/average-plan.js";
import { CollectedOutput } from "../spec-support/collected-output.js";
import { tradeValues } from "../spec-support/trades.js";
import { type AveragesNotice, averagesProcessor, type TradeReading } from "./averages-processor.js";

const input = { stream: "binancespot-market-data", topic: "trades", partitionId: 2 };
const plan = readPlan({
  windows: ["1s"],
  halfLives: [],
  lateness: "0s",
  revisableWindows: 0,
  emptyWindows: false,
  extraDigits: 0,
});
const START = 1_700_000_000_000_000;

/** A task whose records are made by the test. */
function openTask(notices: AveragesNotice[], state?: Uint8Array) {
  let handlers: Parameters<TradeReading>[0] | undefined;
  const processor = averagesProcessor(
    "averages",
    plan,
    (given) => {
      handlers = given;
      return () => {};
    },
    (notice) => notices.push(notice),
  );
  const task = processor.createTask(input, state);
  return { task, handlers: handlers! };
}

describe("the processor of averages", () => {
  it("tells of what no message will tell, at the first and whenever the count has doubled", () => {
    const notices: AveragesNotice[] = [];
    const { handlers } = openTask(notices);
    for (let offset = 0; offset < 9; offset++) handlers.unreadable("three octets", offset);
    expect(notices.map(({ what, count }) => `${what} ${count}`)).toEqual(
      [1, 2, 4, 8].map((n) => `unreadable ${n}`),
    );
    expect(notices[0]).toEqual({ input, what: "unreadable", count: 1, reason: "three octets" });
    const far = { micros: START + 9e9, receiveMicros: START, price: 1n, quantity: 1n };
    handlers.trade(tradeValues(far), new CollectedOutput());
    expect(notices.at(-1)).toEqual({ input, what: "implausibleTimes", count: 1 });
  });

  it("goes on from its state", async () => {
    const first = openTask([]);
    const output = new CollectedOutput();
    first.handlers.trade(tradeValues({ micros: START, price: 5n, quantity: 1n }), output);
    const second = openTask([], await first.task.snapshot());
    second.handlers.trade(tradeValues({ micros: START + 1e6, price: 7n, quantity: 1n }), output);
    expect(output.averages()).toMatchObject([{ windowStartMicros: START, tradeCount: 1 }]);
  });
});
