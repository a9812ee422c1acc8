import type { StreamPublisher } from "../market-source.js";
import type { MarketEvent } from "./market-event.js";

/** What a depth stream has to know of every event of its symbol. */
export interface BookListener {
  /** Called for events that changed at least one level. */
  changed(event: MarketEvent, publisher: StreamPublisher): void;
}
