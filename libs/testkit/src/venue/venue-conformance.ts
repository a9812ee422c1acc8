import { FAULT_CASES } from "./fault-cases.js";
import { FEED_CASES } from "./feed-cases.js";
import { ORDER_CASES } from "./order-cases.js";
import { SYMBOL_CASES } from "./symbol-cases.js";
import type { VenueCase } from "./venue-case.js";
import { VenueRig } from "./venue-rig.js";
import type { VenueStage } from "./venue-stage.js";

/** What every plugin has to pass. Run each case on a stage of its own: {@link runVenueCase}. */
export const VENUE_CASES: readonly VenueCase[] = [
  ...SYMBOL_CASES,
  ...FEED_CASES,
  ...ORDER_CASES,
  ...FAULT_CASES,
];

/**
 * Runs one case and ends its plugin and venue, whatever comes out.
 *
 * @example
 * ```ts
 * describe("the plugin of my venue", () => {
 *   it.each(VENUE_CASES)("$name", (venueCase) => runVenueCase(venueCase, openMyStage));
 * });
 * ```
 */
export async function runVenueCase(
  venueCase: VenueCase,
  openStage: () => VenueStage | Promise<VenueStage>,
): Promise<void> {
  const stage = await openStage();
  try {
    const rig = new VenueRig(stage);
    try {
      await venueCase.run(rig);
    } finally {
      await rig.settled(rig.integration.shutdown()).catch(() => {});
    }
  } finally {
    await stage.close();
  }
}
