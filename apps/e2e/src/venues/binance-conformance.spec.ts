import { runVenueCase, VENUE_CASES } from "@ims/testkit";
import { describe, it } from "vitest";
import { openBinanceStage } from "./binance-stage.js";

describe.each(["spot", "usd-future", "coin-future"] as const)("the plugin of Binance %s", (market) => {
  it.each(VENUE_CASES)("$name", (venueCase) => runVenueCase(venueCase, () => openBinanceStage(market)));
});
