import { DataType } from "@ims/common";
import { describe, expect, it } from "vitest";
import { cli } from "../../spec-support/cli-stage.js";
import { encodeGap } from "../../spec-support/sample-records.js";
import { encodeBookSnapshot } from "../../spec-support/sample-states.js";

const BIDS = [
  [6_183_763, 1500],
  [6_183_700, 25],
] as const;
const ASKS = [[6_183_800, 3000]] as const;

function publishBook({ service }: ReturnType<typeof cli>, lastUpdateId = 41): void {
  service.publish("book", "BTCUSDT", (id) => encodeBookSnapshot("BTCUSDT", id, lastUpdateId, BIDS, ASKS));
}

describe("ims book", () => {
  it("draws a ladder on a terminal, over and over in its place", async () => {
    const scene = cli("book BTCUSDT --depth 3", { terminal: true, env: { NO_COLOR: "1" } });
    const { clock, run, exit, interrupt, output, errors } = scene;
    await clock.advance(50);
    publishBook(scene);
    await clock.advance(500);
    const frames = output.text.split("\u001b[9A");
    expect(frames).toHaveLength(2);
    expect(frames[1]!.replaceAll("\u001b[K", "").trimEnd()).toMatchInlineSnapshot(`
      "BTCUSDT  binancespot  2024-08-08 12:00:00.123  valid
                  PRICE     QUANTITY


      ask    61838           3        ████████████████████
      spread  0.37
      bid    61837.63        1.5      ██████████
      bid    61837           0.025    █"
    `);
    // A loss that is told shows at once, although no change came.
    scene.service.publish("gaps", "BTCUSDT", (id) => encodeGap("BTCUSDT", id, DataType.Book, 1));
    await clock.advance(500);
    expect(output.text.split("\u001b[9A").at(-1)).toMatch(/broken: changes are missing: sequence-broken/);
    interrupt.abort();
    expect(await run(exit)).toBe(0);
    expect(errors.text).toBe("");
    expect(clock.pendingTimerCount).toBe(0);
  });

  it("draws one ladder behind the other where nothing can be redrawn", async () => {
    const scene = cli("book BTCUSDT --depth 1 --count 1 --table");
    await scene.clock.advance(50);
    publishBook(scene);
    expect(await scene.run(scene.exit)).toBe(0);
    expect(scene.output.text).not.toContain("\u001b");
    expect(scene.output.text.split("\n\n").at(-2)).toMatch(
      /^\n?BTCUSDT .*\n +PRICE .*\nask .*\nspread .*\nbid /,
    );
  });

  it("is not drawn more often than ten times a second, and ends with the newest", async () => {
    const scene = cli("book BTCUSDT --depth 1 --count 50", { terminal: true, env: { NO_COLOR: "1" } });
    await scene.clock.advance(50);
    for (let id = 1; id <= 50; id++) publishBook(scene, id);
    expect(await scene.run(scene.exit)).toBe(0);
    expect(scene.output.text.split("\u001b[5A")).toHaveLength(2);
  });

  it("prints its best levels at every change in a pipe", async () => {
    const scene = cli("book BTCUSDT --depth 1 --count 1");
    await scene.clock.advance(50);
    publishBook(scene);
    expect(await scene.run(scene.exit)).toBe(0);
    expect(JSON.parse(scene.output.text)).toEqual({
      type: "book",
      exchange: "binancespot",
      symbol: "BTCUSDT",
      state: "valid",
      eventMicros: 1_723_118_400_123_000,
      lastUpdateId: 41,
      bids: [{ price: "61837.63", quantity: "1.5" }],
      asks: [{ price: "61838", quantity: "3" }],
    });
  });

  it("prints a line of CSV for each level", async () => {
    const scene = cli("book BTCUSDT --count 1 --csv");
    await scene.clock.advance(50);
    publishBook(scene);
    expect(await scene.run(scene.exit)).toBe(0);
    expect(scene.output.text).toMatchInlineSnapshot(`
      "eventMicros,exchange,symbol,state,lastUpdateId,side,level,price,quantity
      1723118400123000,binancespot,BTCUSDT,valid,41,bid,1,61837.63,1.5
      1723118400123000,binancespot,BTCUSDT,valid,41,bid,2,61837,0.025
      1723118400123000,binancespot,BTCUSDT,valid,41,ask,1,61838,3
      "
    `);
  });

  it("refuses a depth of 0 and two symbols with 2", async () => {
    const depth = cli("book BTCUSDT --depth 0");
    expect(await depth.run(depth.exit)).toBe(2);
    expect(depth.errors.text).toMatch(/^ims: --depth: expected a whole number from 1 to 1000/);
    const two = cli("book BTCUSDT ETHUSDT");
    expect(await two.run(two.exit)).toBe(2);
  });
});
