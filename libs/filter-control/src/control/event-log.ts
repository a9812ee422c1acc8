import { decodeEvent, encodeEvent, type FilterEvent } from "../records/filter-event.js";
import { EVENTS_TOPIC, endOf, type FilterClient, pollFilters, sendFilters } from "./filter-topics.js";

const POLL_COUNT = 64;

/** Resolves when the broker has it. */
export function writeEvent(client: FilterClient, event: FilterEvent): Promise<void> {
  return sendFilters(client, EVENTS_TOPIC, [encodeEvent(event)]);
}

/** Reads events from a place on. */
export class EventLog {
  private constructor(
    private readonly client: FilterClient,
    private next: number,
  ) {}

  /** From what is written next on, or from the first one that is kept. */
  static async from(client: FilterClient, start: "now" | "first"): Promise<EventLog> {
    return new EventLog(client, start === "first" ? 0 : await endOf(client, EVENTS_TOPIC));
  }

  /** Those that came since the last call; records that cannot be read are passed over. */
  async read(): Promise<FilterEvent[]> {
    const events: FilterEvent[] = [];
    for (;;) {
      const reply = await pollFilters(this.client, EVENTS_TOPIC, this.next, POLL_COUNT);
      if (reply.messageCount === 0) return events;
      while (reply.next()) {
        this.next = reply.offset + 1;
        try {
          events.push(decodeEvent(reply.payload()));
        } catch {
          // Of a later program: nothing that this one could say about it.
        }
      }
    }
  }
}
