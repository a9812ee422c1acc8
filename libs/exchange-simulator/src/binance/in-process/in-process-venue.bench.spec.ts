import { expect, it } from "vitest";
import { benchVenue } from "./in-process-venue.bench.js";

it("the venue benchmark runs, and frames arrive", async () => {
  for (const { frames } of await benchVenue(100, 2000)) expect(frames).toBeGreaterThan(50);
});
