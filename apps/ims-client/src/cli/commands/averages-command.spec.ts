import { AverageState } from "@ims/common";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { IggyStage } from "../../spec-support/iggy-stage.js";
import { encodeAverage } from "../../spec-support/sample-states.js";

let stage: IggyStage;
beforeAll(async () => {
  stage = await IggyStage.start();
  await stage.client.streams.create("averages");
  await stage.client.topics.create("averages", { name: "binancespot", partitionCount: 1 });
  const messages = [
    encodeAverage({ symbol: "BTCUSDT", window: 0 }),
    encodeAverage({ symbol: "BTCUSDT", window: 0, halfLifeTrades: 20 }),
    encodeAverage({ symbol: "ETHUSDT", window: 0 }),
    encodeAverage({ symbol: "BTCUSDT", window: 1, state: AverageState.Empty }),
    encodeAverage({ symbol: "BTCUSDT", window: 0, state: AverageState.Revised }),
  ].map((payload) => ({ payload }));
  await stage.client.sendMessages({
    stream: "averages",
    topic: "binancespot",
    partitioning: { kind: "partition", partitionId: 0 },
    messages,
  });
});
afterAll(() => stage.end());

describe("ims averages", () => {
  it("prints a table on a terminal", async () => {
    const { exit, output } = await stage.run("averages BTCUSDT --from first --count 4", {
      terminal: true,
      env: { NO_COLOR: "1" },
    });
    expect(exit).toBe(0);
    expect(output).toMatchInlineSnapshot(`
      "WINDOW END (UTC)         SYMBOL        WINDOW  AVERAGE             VALUE           VWAP           TWAP       VOLUME  TRADES  VOLATILITY  STATE
      2024-08-08 12:00:10.000  BTCUSDT       10s     mean         61837.5        61837.51       61837.49          1.5           4    1.234e-4  closed
      2024-08-08 12:00:10.000  BTCUSDT       10s     20 trades    61837.5        61837.51       61837.49          1.5           4    1.234e-4  closed
      2024-08-08 12:00:20.000  BTCUSDT       10s     mean             -              -              -             0             0           -  empty
      2024-08-08 12:00:10.000  BTCUSDT       10s     mean         61837.5        61837.51       61837.49          1.5           4    1.234e-4  revised late
      "
    `);
  });

  it("prints JSON lines in a pipe, of the symbols and windows asked for", async () => {
    const rows = await stage.json("averages ETHUSDT --from first --count 1");
    expect(rows).toMatchObject([{ type: "average", symbol: "ETHUSDT", vwap: "61837.51", tradeCount: 4 }]);
    expect(await stage.json("averages --window 10s --count 1")).toMatchObject([
      { state: "revised", offset: 4 },
    ]);
  });

  it("prints CSV with a column for each field", async () => {
    const { lines } = await stage.run("averages ethusdt --from 2 --count 1 --csv");
    const [names, values] = lines.map((line) => line.split(","));
    const row = Object.fromEntries(names!.map((name, index) => [name, values![index]]));
    expect(row).toMatchObject({ symbol: "ETHUSDT", sellVolume: "0.5", excludedCount: "1", lateCount: "2" });
    expect(values).toHaveLength(names!.length);
  });

  it("is decoded by ims tail too", async () => {
    const [row] = await stage.json("tail averages/binancespot --count 1");
    expect(row).toMatchObject({
      kind: "average",
      payload: { symbol: "BTCUSDT", vwap: "61837.51", tradeCount: 4 },
    });
  });

  it("names what is wrong with the command line, and what is not there", async () => {
    const window = await stage.run("averages --window 10");
    expect([window.exit, window.errors]).toEqual([2, expect.stringContaining('--window: "10" is no length')]);
    const place = await stage.run("averages --from soon");
    expect([place.exit, place.errors]).toEqual([2, expect.stringContaining('"soon"')]);
    const other = await stage.run("averages --exchange deribit");
    expect([other.exit, other.errors]).toEqual([1, expect.stringContaining("IMS_AVERAGE_SOURCES=deribit")]);
  });

  it("ends with an interrupt", async () => {
    const run = stage.start("averages");
    await run.output.printed(/average/);
    run.interrupt.abort();
    expect(await run.exit).toBe(0);
  });
});
