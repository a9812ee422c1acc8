import { runVenueCase, VENUE_CASES } from "@ims/testkit";
import { describe, expect, it } from "vitest";
import { readInstruments } from "./instruments.js";
import { FakeVenue } from "./spec-support/fake-venue.js";

describe("the plugin of Bitstamp", () => {
  it.each(VENUE_CASES)("$name", (venueCase) => runVenueCase(venueCase, () => new FakeVenue().stage()));
});

describe("the list of instruments", () => {
  it("leaves out rows that cannot be read, and refuses one without any", () => {
    const row = { symbol: "BTC-USD", price_step: "0.01", amount_step: "0.1", status: "closed" };
    expect([...readInstruments([null, { symbol: 7 }, row]).values()]).toMatchObject([
      { venueStatus: "closed", instrument: { symbol: "BTC-USD", status: "halted", priceScale: 2 } },
    ]);
    for (const body of [[], {}, null, "no", [{}]]) {
      expect(() => readInstruments(body)).toThrow(/\/instruments/);
    }
  });
});
