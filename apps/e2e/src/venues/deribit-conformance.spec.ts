import { runVenueCase, VENUE_CASES } from "@ims/testkit";
import { describe, it } from "vitest";
import { openDeribitStage } from "./deribit-stage.js";

const LOGIN = { clientId: "reader", clientSecret: "sesame" };

describe("the plugin of Deribit", () => {
  it.each(VENUE_CASES)("$name", (venueCase) => runVenueCase(venueCase, () => openDeribitStage()));
});

describe("the plugin of Deribit with a login", () => {
  it.each(VENUE_CASES)("$name", (venueCase) =>
    runVenueCase(venueCase, () => openDeribitStage({ login: LOGIN }, { credentials: LOGIN })),
  );
});
