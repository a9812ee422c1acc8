import { runVenueCase, VENUE_CASES } from "@ims/testkit";
import { describe, it } from "vitest";
import { openBitstampStage } from "./bitstamp-stage.js";

describe.each([
  ["spot", ["btcusd", "ethusd"]],
  ["perpetuals", ["btcusd-perp", "xrpeur"]],
] as const)("the plugin of Bitstamp, %s", (_, symbols) => {
  it.each(VENUE_CASES)("$name", (venueCase) => runVenueCase(venueCase, () => openBitstampStage(symbols)));
});
