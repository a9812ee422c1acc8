import { DataType } from "@ims/common";
import { optionsDeribitMarket } from "@ims/exchange-simulator";
import { VenueRig } from "@ims/testkit";
import { afterEach, describe, expect, it } from "vitest";
import { type DeribitStage, openDeribitStage } from "./deribit-stage.js";

const START_MILLIS = 1_700_000_000_000;
const STRIKE = 85;

let stage: DeribitStage;
let rig: VenueRig;

afterEach(async () => {
  await rig.settled(rig.integration.shutdown());
  await stage.close();
});

describe("the options venue, read by Deribit's plugin as it is", () => {
  it("has every option listed, and every ticker of theirs whole", async () => {
    stage = openDeribitStage({ market: optionsDeribitMarket(START_MILLIS, { seed: 3 }) });
    rig = new VenueRig(stage);
    const listed = await rig.symbols();
    const options = listed.filter(({ kind, symbol }) => kind === "option" && symbol.startsWith("SOL_USDC-"));
    await rig.start(DataType.OptionTicker, ...options.map(({ symbol }) => symbol));
    const seen = () => new Set(rig.sink.optionTickers.map(({ symbol }) => symbol)).size;
    await rig.until("a ticker of each", () => seen() === options.length);
    await rig.advance(5000);
    expect([rig.sink.rejections, rig.sink.gaps]).toEqual([[], []]);
    const above = options.filter(({ strike }) => Number(strike) > STRIKE);
    expect([above.length > 20, options.length - above.length > 20]).toEqual([true, true]);
    for (const { optionType, settle, strike, symbol } of options) {
      expect([settle, optionType]).toEqual(["USDC", symbol.endsWith("-C") ? "call" : "put"]);
      expect(Number(strike)).toBe(Number(symbol.split("-")[2]));
    }
  });
});
