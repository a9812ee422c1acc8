import { join } from "node:path";
import { decodeRecord, type TradeRecord } from "@ims/sbe";
import { beforeAll, describe, expect, it } from "vitest";
import { buildFilter } from "./build-filter.js";
import { FilterRun } from "./spec-support/filter-run.js";
import { encodeTrade } from "./spec-support/sample-records.js";

let module: Uint8Array;
beforeAll(async () => {
  module = await buildFilter(join(import.meta.dirname, "../assembly/spec-support/everything.ts"));
}, 60_000);

const trades = (count: number, symbol = "BTCUSDT") =>
  Array.from({ length: count }, (_, id) => encodeTrade(symbol, id, BigInt(10_048 + id)));

function decoded(hex: string): TradeRecord {
  const bytes = Buffer.from(hex, "hex");
  return decodeRecord(
    new DataView(bytes.buffer, bytes.byteOffset, bytes.length),
    0,
    bytes.length,
  ) as TradeRecord;
}

describe("a filter with everything", () => {
  it("describes its parameters, special characters included", () => {
    expect(new FilterRun(module, { mode: "" }).instance.description).toEqual({
      name: "everything",
      version: "1.2.3",
      templates: [210],
      parameters: [
        { name: "limit", type: "number", default: "100.50", doc: 'a "limit"\n\\ of prices' },
        { name: "symbol", type: "text", default: "BTCUSDT", doc: "the symbol that is looked at" },
        { name: "mode", type: "text", doc: "what is done" },
      ],
      stateVersion: 3,
    });
  });

  it("drops by an exact comparison, of the symbol that a text parameter names", () => {
    const run = new FilterRun(module, { mode: "drop", symbol: "ETH" });
    const records = [...trades(4, "ETH"), ...trades(4, "ETHUSDT"), ...trades(4, "ET")];
    const { verdicts } = run.batch(records);
    expect(verdicts.slice(0, 4)).toEqual(["pass", "pass", "drop", "drop"]);
    expect(new Set(verdicts.slice(4))).toEqual(new Set(["pass"]));
  });

  it("rewrites in place, and passes as it came what it does not say so of", () => {
    const records = trades(2);
    const { verdicts, outputs } = new FilterRun(module, { mode: "rewrite" }).batch(records);
    expect(verdicts).toEqual(["rewritten", "pass"]);
    const [first] = outputs.map(decoded);
    expect(first).toMatchObject({ symbol: "PEPE→USDT", tradeId: 0 });
    expect(String(first!.price)).toBe("100.49");
    expect(outputs[1]).toBe(Buffer.from(records[1]!).toString("hex"));
  });

  it("emits behind the current record, in order, and replaces", () => {
    const emitted = new FilterRun(module, { mode: "emit" }).batch(trades(6));
    expect(emitted.outputs.map((hex) => decoded(hex).tradeId)).toEqual([
      0, 1, 100, 2, 200, 201, 3, 4, 400, 5, 500, 501,
    ]);
    const replaced = new FilterRun(module, { mode: "replace" }).batch(trades(2));
    expect(replaced.verdicts).toEqual(["rewritten", "rewritten"]);
    expect(decoded(replaced.outputs[1]!)).toMatchObject({
      symbol: "BTCUSDT",
      tradeId: 1,
      eventMicros: undefined,
      publishMicros: 0,
      schemaVersion: 2,
    });
  });

  it("logs and knows the time of the batch", () => {
    const run = new FilterRun(module, { mode: "log" });
    run.batch(trades(1), 1_700_000_000_123_456);
    expect(run.log).toEqual(["debug time 1700000000123456", "info seen 1 of BTCUSDT"]);
  });

  it("hands its state to another instance", () => {
    const first = new FilterRun(module, { mode: "log" });
    first.batch(trades(3));
    const state = first.instance.snapshot();
    const second = new FilterRun(module, { mode: "log" });
    second.instance.restore(state);
    expect(second.instance.snapshot()).toEqual(state);
    second.batch(trades(1));
    expect(second.log.at(-1)).toBe("info seen 4 of BTCUSDT");
    for (let length = 0; length < state.length; length++) {
      const cut = () => new FilterRun(module, { mode: "log" }).instance.restore(state.subarray(0, length));
      expect(cut).toThrow(expect.objectContaining({ code: "wasm.bad-state" }));
    }
    const longer = Buffer.concat([state, Buffer.of(0)]);
    expect(() => second.instance.restore(longer)).toThrow(
      expect.objectContaining({ code: "wasm.bad-state" }),
    );
  });

  it("says in its log why it traps", () => {
    const run = new FilterRun(module, { mode: "fail" });
    expect(() => run.batch(trades(5))).toThrow(expect.objectContaining({ code: "wasm.trapped" }));
    expect(run.log.at(-1)).toMatch(/^error three is no trade \(.*everything\.ts:\d+:\d+\)$/);
  });

  it("needs no more memory after 10,000 batches that allocate and emit", () => {
    const run = new FilterRun(module, { mode: "litter" });
    const records = trades(20);
    for (let batch = 0; batch < 10; batch++) run.batch(records);
    const { memoryPages } = run.instance;
    for (let batch = 0; batch < 10_000; batch++) run.batch(records.slice(0, 1 + (batch % 2)));
    expect(run.batch(records).emitted).toBe(20);
    expect(run.instance.memoryPages).toBe(memoryPages);
  }, 60_000);
});
