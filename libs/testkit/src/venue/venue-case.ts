import type { VenueRig } from "./venue-rig.js";

/** One thing that every plugin has to do. */
export interface VenueCase {
  readonly name: string;
  /** Rejects, mostly with an `AssertionError`, where the plugin does not. */
  run(rig: VenueRig): Promise<void>;
}
